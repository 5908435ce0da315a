/**
 * The fourth part of the answer routine for x86-64, as bytes beside its listing (GNU as, Intel syntax): it maps the answer and runs it.
 * A test assembles the listings and compares.
 *
 * @module
 */

/*
 * Operations mean what they mean to the init image (`ffi/batch.ts`, `ffi/init_image/x86_64.ts`); more of them are in
 * `answer_calls_x86_64.ts`. When one fails, what was changed is undone by operations that stand behind the others, and
 * descriptors that calls opened are closed again.
 *
 * ```asm
 * .set TIME, 0x1100                       # scratch, behind the facts
 * .set ARENA, 0x800000
 * .set SIZE, 0x80000
 * .set MAGIC, 0x77736e41                  # "Answ"
 * .set CHANGES, ARENA+8                   # words of the header: the first operation that changes something,
 * .set UNDO, ARENA+12                     # the first of those that undo it,
 * .set UNDO_COUNT, ARENA+16               # how many there are,
 * .set UNDOING, ARENA+20                  # and whether they are being run
 *     xor eax, eax
 *     cmp r13, SIZE
 *     ja close
 *     mov edi, ARENA                      # mmap(ARENA, SIZE, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_FIXED_NOREPLACE, …)
 *     mov esi, SIZE
 *     mov edx, 3
 *     mov r10d, 0x100002
 *     xor r9d, r9d
 *     mov eax, 9
 *     syscall
 * close:
 *     push rax
 *     mov edi, r8d
 *     mov eax, 3
 *     syscall
 *     pop r10
 *     cmp r10, ARENA
 *     jne none
 *     cmp dword ptr [r10+24], MAGIC
 *     jne unmap
 *     cmp [r10+28], r13d                  # written to the end
 *     jne unmap
 *     test rbx, rbx
 *     jz 1f
 *     mov edi, -100                       # openat(AT_FDCWD, log, O_WRONLY|O_APPEND|O_CREAT|O_CLOEXEC, 0644)
 *     mov rsi, rbx
 *     mov edx, 0x80441
 *     mov r10d, 0x1a4
 *     mov eax, 257
 *     syscall
 *     test eax, eax
 *     js unmap
 *     mov edi, eax
 *     mov eax, 3
 *     syscall
 * 1:  mov r12d, ARENA+32                  # r12: the operation
 *     mov r13d, [r12-32]                  # r13: how many are left
 * next:
 *     test r13d, r13d
 *     jg 1f
 *     cmp dword ptr [UNDOING], 0
 *     jne undone
 *     xor edi, edi                        # exit_group(0)
 *     mov eax, 231
 *     syscall
 * 1:  movzx ecx, byte ptr [r12+64]
 *     lea rsi, [r12+8]
 * refs:                                   # words that stand for results become those results
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
 * outcome:
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
 * failed:                                 # not as expected: Deno shall start, and finds what it would have found
 *     mov eax, [CHANGES]
 *     test eax, eax
 *     jz undone
 *     cmp r12, rax
 *     jb undone
 *     mov dword ptr [CHANGES], 0
 *     mov r12d, [UNDO]
 *     mov r13d, [UNDO_COUNT]
 *     inc dword ptr [UNDOING]
 *     jmp next
 * undone:
 *     mov ebx, ARENA+32
 * 1:  cmp rbx, r12
 *     ja unmap
 *     cmp byte ptr [rbx+65], 0
 *     jne 2f
 *     mov rdi, [rbx+56]
 *     test rdi, rdi
 *     js 2f
 *     mov rax, [rbx]
 *     cmp eax, 257                        # openat
 *     je 3f
 *     cmp eax, 434                        # pidfd_open
 *     jne 2f
 * 3:  mov eax, 3
 *     syscall
 * 2:  add rbx, 72
 *     jmp 1b
 * unmap:
 *     mov edi, ARENA
 *     mov esi, SIZE
 *     mov eax, 11
 *     syscall
 *     ret
 * pseudo:
 *     jz skip
 *     dec ecx
 *     jz copy
 *     dec ecx
 *     jz compare
 *     dec ecx
 *     jz failed                           # control, which is the init image's
 *     dec ecx
 *     jz clock
 *     dec ecx
 *     jz fact
 *     dec ecx
 *     jz text
 *     dec ecx
 *     jz number
 *     dec ecx
 *     jz field
 *     dec ecx
 *     jz equal
 *     dec ecx
 *     jz spawn
 *     jmp wait
 * done:
 *     xor eax, eax
 * store:
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
 *     cmp rcx, rcx                        # no bytes are equal
 *     repe cmpsb
 *     mov eax, 0
 *     setne al
 *     jmp store
 * skip:                                   # rdi: value, rsi: condition, rdx: how many
 *     mov eax, esi
 *     shr eax, 1
 *     jnz 3f
 *     test rdi, rdi
 *     setne al                            # zero, nonzero
 *     jmp 4f
 * 3:  test rdi, rdi
 *     setns al                            # negative, not negative
 * 4:  and esi, 1
 *     cmp al, sil
 *     jne done
 *     imul rax, rdx, 72
 *     add r12, rax
 *     sub r13d, edx
 *     jmp advance
 * ```
 */
const RUN =
  "31c04981fd00000800771fbf00008000be00000800ba0300000041ba020010004531c9b8090000000f05504489c7b803" +
  "0000000f05415a4981fa000080000f851af8ffff41817a18416e73770f855901000045396a1c0f854f0100004885db74" +
  "2bbf9cffffff4889deba4104080041baa4010000b8010100000f0585c00f882801000089c7b8030000000f0541bc2000" +
  "8000458b6c24e04585ed7f17833c2514008000000f85ca00000031ffb8e70000000f05410fb64c2440498d74240885c9" +
  "7413d1e97309488b06488b004889064883c608ebe9498b7c2408498b742410498b542418410fb64c2441ffc90f89cb00" +
  "0000498b04244d8b5424204d8b4424284d8b4c24300f054989442438483d01f0ffff0f82fb000000f7d841807c2442ff" +
  "0f84ed000000b906000000410fb6540c4139d00f84da000000ffc975ee8b04250800800085c0742c4939c47227c70425" +
  "0800800000000000448b24250c008000448b2c2510008000ff042514008000e923ffffffbb200080004c39e3772d807b" +
  "41007521488b7b384885ff7818488b033d0101000074073db20100007507b8030000000f054883c348ebcebf00008000" +
  "be00000800b80b0000000f05c37479ffc9745cffc9745fffc90f846effffffffc90f8490000000ffc90f8481000000ff" +
  "c90f84f0010000ffc90f8447020000ffc90f8469020000ffc90f84ab020000ffc90f84df020000e9eb02000031c04989" +
  "4424384983c44841ffcde978feffff4889d1f3a4ebe64889d14839c9f3a6b8000000000f95c0ebd689f0d1e875084885" +
  "ff0f95c0eb064885ff0f99c083e6014038f075b8486bc2484901c44129d5ebb3";

/** The code, as hexadecimal text. */
export const ANSWER_RUN_X86_64 = RUN;
