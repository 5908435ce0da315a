/**
 * The second half of the answer routine for x86-64, as bytes beside its listing (GNU as, Intel syntax): it maps the
 * answer and runs it. A test assembles the listing and compares.
 *
 * @module
 */

/*
 * Operations mean what they mean to the init image (`ffi/batch.ts`, `ffi/init_image/x86_64.ts`), but for `control`, in
 * whose place there is `clock`. When one fails, descriptors that calls before it opened are closed again.
 *
 * ```asm
 * .intel_syntax noprefix
 * .set TIME, 0x1100                       # scratch, behind the facts
 * .set ARENA, 0x800000
 * .set SIZE, 0x20000
 * .set MAGIC, 0x77736e41                  # "Answ"
 * run:                                    # r8: the file, r13: its size, rbx: --log
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
 * none:
 *     ret
 * pseudo:
 *     jz skip
 *     dec ecx
 *     jz copy
 *     dec ecx
 *     jz compare
 *     add rdi, rdx                        # clock: rdi: a text, rdx: offset of a date and time, rsi: when that day began
 *     push rdi
 *     push rsi
 *     xor edi, edi                        # clock_gettime(CLOCK_REALTIME, time)
 *     lea rsi, [rbp+TIME]
 *     mov eax, 228
 *     syscall
 *     pop rsi
 *     pop rdi
 *     mov rax, [rbp+TIME]
 *     sub rax, rsi
 *     cmp rax, 86400
 *     jae failed
 *     mov ecx, 60
 *     xor edx, edx
 *     div ecx
 *     mov esi, edx                        # seconds
 *     xor edx, edx
 *     div ecx
 *     add rdi, 11
 *     call two                            # hours
 *     mov eax, edx
 *     call two
 *     mov eax, esi
 *     call two
 *     mov eax, [rbp+TIME+8]
 *     mov ecx, 1000000
 *     xor edx, edx
 *     div ecx
 *     mov ecx, 100
 *     xor edx, edx
 *     div ecx
 *     add al, '0'
 *     stosb
 *     mov eax, edx
 *     call two
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
 *     cmp rcx, rcx                        # no bytes are equal
 *     repe cmpsb
 *     mov eax, 0
 *     setne al
 *     mov [r12+56], rax
 *     jmp advance
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
 * two:                                    # eax below 100, as two digits, and past the sign behind them
 *     mov ecx, 10
 *     push rdx
 *     xor edx, edx
 *     div ecx
 *     lea eax, [rax+'0']
 *     stosb
 *     lea eax, [rdx+'0']
 *     stosb
 *     inc rdi
 *     pop rdx
 *     ret
 * ```
 */
const RUN =
  "31c04981fd00000200771fbf00008000be00000200ba0300000041ba020010004531c9b8090000000f05504489c7b803" +
  "0000000f05415a4981fa000080000f853301000041817a18416e73770f851401000045396a1c0f850a0100004885db74" +
  "2bbf9cffffff4889deba4104080041baa4010000b8010100000f0585c00f88e300000089c7b8030000000f0541bc2000" +
  "8000458b6c24e04585ed7f0931ffb8e70000000f05410fb64c2440498d74240885c97413d1e97309488b06488b004889" +
  "064883c608ebe9498b7c2408498b742410498b542418410fb64c2441ffc90f8994000000498b04244d8b5424204d8b44" +
  "24284d8b4c24300f054989442438483d01f0ffff0f8200010000f7d841807c2442ff0f84f2000000b906000000410fb6" +
  "540c4139d00f84df000000ffc975eebb200080004c39e3772d807b41007521488b7b384885ff7818488b033d01010000" +
  "74073db20100007507b8030000000f054883c348ebcebf00008000be00000200b80b0000000f05c30f84b6000000ffc9" +
  "0f8490000000ffc90f848f0000004801d7575631ff488db500110000b8e40000000f055e5f488b85001100004829f048" +
  "3d805101000f8374ffffffb93c00000031d2f7f189d631d2f7f14883c70be88900000089d0e88200000089f0e87b0000" +
  "008b8508110000b940420f0031d2f7f1b96400000031d2f7f10430aa89d0e85900000031c049894424384983c44841ff" +
  "cde981feffff4889d1f3a4ebe64889d14839c9f3a6b8000000000f95c04989442438ebd689f0d1e875084885ff0f95c0" +
  "eb064885ff0f99c083e6014038f075b3486bc2484901c44129d5ebaeb90a0000005231d2f7f18d4030aa8d4230aa48ff" +
  "c75ac3";

/** The code, as hexadecimal text; the first half, `answer_x86_64.ts`, runs into it. */
export const ANSWER_RUN_X86_64 = RUN;
