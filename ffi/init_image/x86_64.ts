/**
 * The machine code of x86-64, as bytes beside its listing (GNU as, Intel syntax). A test assembles each listing
 * and compares.
 *
 * @module
 */
import type { MachineCode } from "./machine_code.ts";

/*
 * init: the init image's loop. Reads a message (`../batch.ts`), runs it in place, sends it back, reads again.
 *
 * ```asm
 * killed:                         # a signal handler
 *     mov edi, 2
 *     mov eax, 231                # exit_group
 *     syscall
 * _start:
 *     mov ebx, 0x800000           # the arena; the message lies at its start
 *     mov r15d, 0x11111111        # the control socket, written in when the image is made
 * receive:
 *     xor eax, eax                # read(control, arena, size)
 *     mov edi, r15d
 *     mov rsi, rbx
 *     mov edx, 0x20000
 *     syscall
 *     cmp rax, -4                 # EINTR: once more
 *     je receive
 *     test rax, rax
 *     jle leave                   # end of file: runt is gone
 *     lea r12, [rbx+32]           # r12: the operation
 *     mov r13d, [rbx]             # r13: how many are left
 *     test byte ptr [rbx+12], 1   # sent when all before it was answered: what failed then is known
 *     jz 5f
 *     xor r14d, r14d              # r14: something has failed
 * 5:  test r14d, r14d
 *     jnz stop
 * next:
 *     test r13d, r13d
 *     jle reply
 *     movzx ecx, byte ptr [r12+64]
 *     lea rsi, [r12+8]
 * refs:                           # words that stand for results become those results
 *     test ecx, ecx
 *     jz loaded
 *     shr ecx, 1
 *     jnc 1f
 *     mov rax, [rsi]
 *     mov rax, [rax]
 *     mov [rsi], rax
 * 1:  add rsi, 8
 *     jmp refs
 * loaded:
 *     mov rdi, [r12+8]
 *     mov rsi, [r12+16]
 *     mov rdx, [r12+24]
 *     movzx ecx, byte ptr [r12+65]
 *     dec ecx
 *     jns pseudo
 *     mov rax, [r12]
 *     mov r10, [r12+32]
 *     mov r8, [r12+40]
 *     mov r9, [r12+48]
 *     syscall
 *     mov [r12+56], rax
 *     cmp rax, -4095
 *     jb advance
 *     neg eax
 *     cmp byte ptr [r12+66], 0xff
 *     je advance
 *     mov ecx, 6
 * 2:  movzx edx, byte ptr [r12+rcx+65]
 *     cmp eax, edx
 *     je advance
 *     dec ecx
 *     jnz 2b
 *     inc r14d                    # not accepted: the message ends here
 * stop:
 *     mov [rbx+8], r13d
 *     jmp reply
 * pseudo:
 *     jz skip
 *     dec ecx
 *     jz copy
 *     dec ecx
 *     jz compare
 *     mov r15d, edi               # control
 * done:
 *     xor eax, eax
 *     mov [r12+56], rax
 * advance:
 *     add r12, 72
 *     dec r13d
 *     jmp next
 * copy:
 *     mov rcx, rdx
 *     rep movsb
 *     jmp done
 * compare:
 *     mov rcx, rdx
 *     cmp rcx, rcx                # no bytes are equal
 *     repe cmpsb
 *     mov eax, 0
 *     setne al
 *     mov [r12+56], rax
 *     jmp advance
 * skip:                           # rdi: value, rsi: condition, rdx: how many
 *     mov eax, esi
 *     shr eax, 1
 *     jnz 3f
 *     test rdi, rdi
 *     setne al                    # zero, nonzero
 *     jmp 4f
 * 3:  test rdi, rdi
 *     setns al                    # negative, not negative
 * 4:  and esi, 1
 *     cmp al, sil
 *     jne done
 *     imul rax, rdx, 72
 *     add r12, rax
 *     sub r13d, edx
 *     jmp advance
 * reply:
 *     mov edx, [rbx+4]
 *     test edx, edx
 *     jz further
 *     mov eax, 1                  # write(control, arena, reply): the one call that no seccomp agent is told of
 *     mov edi, r15d
 *     mov rsi, rbx
 *     syscall
 *     test rax, rax
 *     js leave
 * further:
 *     mov ebx, [rbx+16]           # where the next message goes
 *     jmp receive
 * leave:
 *     mov edi, 1
 *     mov eax, 231                # exit_group
 *     syscall
 * ```
 */
const INIT =
  "bf02000000b8e70000000f05bb0000800041bf1111111131c04489ff4889deba000002000f054883f8fc74eb4885c00f8e2c0100004c8d6320448b2b" +
  "f6430c0174034531f64585f60f85860000004585ed0f8ee9000000410fb64c2440498d74240885c97413d1e97309488b" +
  "06488b004889064883c608ebe9498b7c2408498b742410498b542418410fb64c2441ffc97948498b04244d8b5424204d" +
  "8b4424284d8b4c24300f054989442438483d01f0ffff723af7d841807c2442ff7430b906000000410fb6540c4139d074" +
  "21ffc975f241ffc644896b08eb66743cffc9741affc9741d4189ff31c049894424384983c44841ffcde954ffffff4889" +
  "d1f3a4ebe64889d14839c9f3a6b8000000000f95c04989442438ebd689f0d1e875084885ff0f95c0eb064885ff0f99c0" +
  "83e6014038f075b3486bc2484901c44129d5ebae8b530485d27412b8010000004489ff4889de0f054885c078088b5b10" +
  "e9b6feffffbf01000000b8e70000000f05";

/*
 * spawn: makes a process which does nothing but take its control socket and become the image. The parent waits
 * in the kernel until then (CLONE_VFORK), so both may use one memory, of which the child changes nothing.
 *
 * ```asm
 * spawn:                          # rdi: { clone_args*, size, image, argv, envp, socket, control, result }
 *     push rbx
 *     mov rbx, rdi
 *     mov rdi, [rbx]
 *     mov rsi, [rbx+8]
 *     mov eax, 435                # clone3
 *     syscall
 *     test rax, rax
 *     jz child
 *     mov [rbx+56], rax
 *     pop rbx
 *     ret
 * child:                          # shares the parent's memory: no stack, no writes
 *     mov rdi, [rbx+40]
 *     mov rsi, [rbx+48]
 *     xor edx, edx
 *     mov eax, 292                # dup3(socket, control, 0)
 *     syscall
 *     mov rdi, [rbx+16]
 *     lea rsi, [rip+empty]
 *     mov rdx, [rbx+24]
 *     mov r10, [rbx+32]
 *     mov r8d, 0x1000
 *     mov eax, 322                # execveat(image, "", argv, envp, AT_EMPTY_PATH)
 *     syscall
 *     mov edi, 127
 *     mov eax, 231                # exit_group
 *     syscall
 * empty:
 *     .byte 0
 * ```
 */
const SPAWN =
  "534889fb488b3b488b7308b8b30100000f054885c07406488943385bc3488b7b28488b733031d2b8240100000f05488b" +
  "7b10488d3521000000488b53184c8b532041b800100000b8420100000f05bf7f000000b8e70000000f0500";

/*
 * call: a raw system call. Its result is the kernel's own, -errno for a failure: libc's `errno` may be changed
 * between two calls out of JavaScript, a return value may not.
 *
 * ```asm
 * call:                           # rdi: { number, a0, a1, a2, a3, a4, a5, result }
 *     push rbx
 *     mov rbx, rdi
 *     mov rax, [rbx]
 *     mov rdi, [rbx+8]
 *     mov rsi, [rbx+16]
 *     mov rdx, [rbx+24]
 *     mov r10, [rbx+32]
 *     mov r8, [rbx+40]
 *     mov r9, [rbx+48]
 *     syscall
 *     mov [rbx+56], rax
 *     pop rbx
 *     ret
 * ```
 */
const CALL = "534889fb488b03488b7b08488b7310488b53184c8b53204c8b43284c8b4b300f05488943385bc3";

/*
 * forward: a signal handler that passes the signal on to a process, and the way back from it.
 *
 * Two words say to whom: a pidfd, or -1 as long as there is nobody; then signals are kept, bit n-1 for signal n.
 *
 * A fault of this very process is not passed on: it goes back to its default, dies of it when it happens again, and
 * does not try for ever. The kernel's signals are told from a user's by si_code (sigaction(2)).
 *
 * ```asm
 * forward:                        # edi: the signal; rsi: its siginfo_t
 *     mov eax, 0x800009b0         # a bit for each of SIGILL SIGTRAP SIGBUS SIGFPE SIGSEGV SIGSYS
 *     bt rax, rdi
 *     jnc pass
 *     cmp dword ptr [rsi+8], 0    # si_code
 *     jg fault
 * pass:
 *     movabs rcx, 0x2222222222222222  # address of the words, written in when it is installed
 *     mov esi, edi
 *     mov edi, dword ptr [rcx]    # the pidfd
 *     test edi, edi
 *     js keep
 *     xor edx, edx
 *     xor r10d, r10d
 *     mov eax, 424                # pidfd_send_signal(pidfd, signal, NULL, 0)
 *     syscall
 *     ret
 * keep:
 *     dec esi
 *     lock bts qword ptr [rcx+8], rsi
 *     ret
 * fault:
 *     xor eax, eax                # struct sigaction: all zero
 *     push rax
 *     push rax
 *     push rax
 *     push rax
 *     mov rsi, rsp
 *     xor edx, edx
 *     mov r10d, 8
 *     mov eax, 13                 # rt_sigaction(signal, action, NULL, 8)
 *     syscall
 *     add rsp, 32
 *     ret
 * restore:
 *     mov eax, 15                 # rt_sigreturn
 *     syscall
 * ```
 */
const FORWARD =
  "b8b0090080480fa3f87306837e08007f2848b9222222222222222289fe8b3985ff780d31d24531d2b8a80100000f05c3ffcef0480fab7108c331c0505050504889e631d241ba08000000b80d0000000f054883c420c3b80f0000000f05";

/*
 * notify: a signal handler that writes a byte, any byte, to a descriptor, and the way back from it.
 *
 * ```asm
 * notify:
 *     mov edi, 0x33333333         # the descriptor, written in when it is installed
 *     lea rsi, [rip+notify]
 *     mov edx, 1
 *     mov eax, edx                # write(fd, notify, 1)
 *     syscall
 *     ret
 * back:
 *     mov eax, 15                 # rt_sigreturn
 *     syscall
 * ```
 */
const NOTIFY = "bf33333333488d35f4ffffffba0100000089d00f05c3b80f0000000f05";

/** The code of x86-64. */
export const X86_64: MachineCode = {
  elfMachine: 62,
  init: INIT,
  controlOffset: 19,
  spawn: SPAWN,
  call: CALL,
  forward: FORWARD,
  forwardWordsOffset: 19,
  restoreOffset: 86,
  notify: NOTIFY,
  notifyFdOffset: 1,
  notifyRestoreOffset: 22,
};
