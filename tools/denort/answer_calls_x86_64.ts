/**
 * The last part of the answer routine for x86-64, as bytes beside its listing (GNU as, Intel syntax): operations that only answers have.
 * A test assembles the listings and compares.
 *
 * @module
 */

/*
 * What they take and give is said in `ffi/batch.ts`.
 *
 * ```asm
 * .set BASE, 88                           # facts: the segment
 * .set SPAWN, 4928                        # see STUB_ROUTINES in ffi/native.ts
 * .set INFO, 0x1300                       # siginfo_t
 * .set SIGNALS, 0x1390
 * fact:                                   # rdi: its offset
 *     mov rax, [rbp+rdi]
 *     jmp store
 * clock:                                  # rdi: a text, rdx: offset of a date and time in it
 *     add rdi, rdx
 *     push rdi
 *     xor edi, edi                        # clock_gettime(CLOCK_REALTIME, time)
 *     lea rsi, [rbp+TIME]
 *     mov eax, 228
 *     syscall
 *     pop rdi
 *     mov rax, [rbp+TIME]
 *     xor edx, edx
 *     mov ecx, 86400
 *     div rcx
 *     push rdx                            # second of the day
 *     add eax, 719468                     # days since 1 March of the year 0, in eras of 400 years
 *     mov ecx, 146097
 *     call divide
 *     imul esi, eax, 400                  # esi: the year, which begins in March
 *     mov r8d, edx                        # r8: day of the era
 *     mov r9d, edx                        # less leap days: day of the era in years of 365 days
 *     mov eax, edx
 *     mov ecx, 1460
 *     call divide
 *     sub r9d, eax
 *     mov eax, r8d
 *     mov ecx, 36524
 *     call divide
 *     add r9d, eax
 *     mov eax, r8d
 *     mov ecx, 146096
 *     call divide
 *     sub r9d, eax
 *     mov eax, r9d
 *     mov ecx, 365
 *     call divide
 *     add esi, eax
 *     imul r9d, eax, 365                  # r9: days of the era before this year
 *     mov ecx, eax
 *     shr ecx, 2
 *     add r9d, ecx
 *     mov ecx, 100
 *     call divide
 *     sub r9d, eax
 *     sub r8d, r9d                        # r8: day of the year
 *     lea eax, [r8+r8*4+2]
 *     mov ecx, 153                        # days of five months
 *     call divide
 *     mov r9d, eax                        # r9: the month
 *     imul eax, eax, 153
 *     add eax, 2
 *     mov ecx, 5
 *     call divide
 *     sub r8d, eax
 *     inc r8d                             # r8: day of the month
 *     add r9d, 3
 *     cmp r9d, 12
 *     jbe 1f
 *     sub r9d, 12
 *     inc esi
 * 1:  mov eax, esi
 *     mov ecx, 100
 *     call divide
 *     call two                            # the century, with no sign behind it
 *     dec rdi
 *     mov eax, edx
 *     call two
 *     mov eax, r9d
 *     call two
 *     mov eax, r8d
 *     call two
 *     pop rax
 *     mov ecx, 60
 *     call divide
 *     mov esi, edx                        # seconds
 *     call divide
 *     call two                            # hours
 *     mov eax, edx
 *     call two
 *     mov eax, esi
 *     call two
 *     mov eax, [rbp+TIME+8]
 *     mov ecx, 1000000
 *     call divide
 *     mov ecx, 100
 *     call divide
 *     add al, '0'
 *     stosb
 *     mov eax, edx
 *     call two
 *     jmp done
 * divide:                                 # eax by ecx: eax, and edx is left
 *     xor edx, edx
 *     div ecx
 *     ret
 * two:                                    # eax below 100, as two digits, and past the sign behind them
 *     mov ecx, 10
 *     push rdx
 *     call divide
 *     lea eax, [rax+'0']
 *     stosb
 *     lea eax, [rdx+'0']
 *     stosb
 *     inc rdi
 *     pop rdx
 *     ret
 * text:                                   # rdi: where to, rsi: pieces, pairs of address and size; of size -1: up to NUL,
 *                                         # -2: up to the last '/', -3: what is behind it
 *     mov r8, rdi
 * 1:  mov rdx, [rsi]
 *     mov rcx, [rsi+8]
 *     add rsi, 16
 *     test rdx, rdx
 *     jz 4f
 *     push rsi
 *     mov rsi, rdx
 *     test rcx, rcx
 *     js 2f
 *     rep movsb
 *     jmp 3f
 * 2:  mov r9, rsi                         # r9: behind the last '/'
 *     mov rdx, rsi
 * 5:  mov al, [rdx]
 *     inc rdx
 *     cmp al, '/'
 *     cmove r9, rdx
 *     test al, al
 *     jnz 5b
 *     dec rdx                             # rdx: the end
 *     cmp ecx, -2
 *     cmove rdx, r9
 *     cmp ecx, -3
 *     cmove rsi, r9
 *     mov rcx, rdx
 *     sub rcx, rsi
 *     rep movsb
 * 3:  pop rsi
 *     jmp 1b
 * 4:  mov byte ptr [rdi], 0
 *     mov rax, rdi
 *     sub rax, r8
 *     jmp store
 * number:                                 # rdi: where to, rsi: the number
 *     mov rax, rsi
 *     mov ecx, 10
 *     xor r8d, r8d
 * 1:  xor edx, edx
 *     div rcx
 *     push rdx
 *     inc r8d
 *     test rax, rax
 *     jnz 1b
 * 2:  pop rax
 *     add al, '0'
 *     stosb
 *     dec r8d
 *     jnz 2b
 *     mov byte ptr [rdi], 0
 *     jmp done
 * field:                                  # rdi: a line of /proc/<pid>/stat, rsi: which field behind the name's last ")"
 *     mov r8, rdi
 * 1:  mov al, [rdi]
 *     test al, al
 *     jz 2f
 *     inc rdi
 *     cmp al, ')'
 *     jne 1b
 *     mov r8, rdi
 *     jmp 1b
 * 2:  mov al, [r8]
 *     test al, al
 *     jz failed
 *     inc r8
 *     cmp al, ' '
 *     jne 2b
 *     dec rsi
 *     jnz 2b
 *     xor eax, eax
 * 3:  movzx ecx, byte ptr [r8]
 *     inc r8
 *     sub ecx, '0'
 *     cmp ecx, 9
 *     ja store
 *     imul rax, rax, 10
 *     add rax, rcx
 *     jmp 3b
 * equal:                                  # rdi: results in a reply, rsi: what they must be (least: no error), rdx: how many
 *     xor eax, eax
 *     mov r8, 0x8000000000000000
 * 1:  test rdx, rdx
 *     jz store
 *     mov rcx, [rsi]
 *     cmp rcx, [rdi]
 *     je 2f
 *     cmp rcx, r8
 *     jne 3f
 *     cmp qword ptr [rdi], 0
 *     jl 3f
 * 2:  add rsi, 8
 *     add rdi, 72
 *     dec rdx
 *     jmp 1b
 * 3:  inc eax
 *     jmp store
 * spawn:                                  # rdi: what ffi/init_image/x86_64.ts says
 *     mov rax, [rbp+BASE]
 *     add rax, SPAWN
 *     call rax
 *     jmp outcome
 * wait:                                   # rdi: a child, rsi: its pidfd, rdx: signals that are not passed on to it
 *     mov qword ptr [rbp+SIGNALS], -1     # all of them are blocked
 * look:
 *     mov dword ptr [rbp+INFO+16], 0      # waitid(P_ALL, 0, info, WEXITED|WNOHANG|WNOWAIT|__WALL): si_pid
 *     xor edi, edi
 *     xor esi, esi
 *     mov r10d, 0x41000005
 *     call waitid
 *     mov esi, [rbp+INFO+16]
 *     test esi, esi
 *     jz sleep
 *     mov edi, 1                          # waitid(P_PID, pid, info, WEXITED|__WALL)
 *     mov r10d, 0x40000004
 *     call waitid
 *     mov esi, [rbp+INFO+16]
 *     cmp esi, [r12+8]
 *     jne look
 *     mov eax, [rbp+INFO+24]              # si_status
 *     cmp dword ptr [rbp+INFO+8], 1       # si_code: CLD_EXITED
 *     je store
 *     add eax, 128
 *     jmp store
 * sleep:
 *     lea rdi, [rbp+SIGNALS]              # rt_sigtimedwait(all, NULL, NULL, 8)
 *     xor esi, esi
 *     xor edx, edx
 *     mov r10d, 8
 *     mov eax, 128
 *     syscall
 *     test eax, eax
 *     js look
 *     cmp eax, 17                         # SIGCHLD
 *     je look
 *     lea ecx, [rax-1]
 *     mov rdx, [r12+24]
 *     bt rdx, rcx
 *     jc sleep
 *     mov edi, [r12+16]                   # pidfd_send_signal(pidfd, signal, NULL, 0)
 *     mov esi, eax
 *     xor edx, edx
 *     xor r10d, r10d
 *     mov eax, 424
 *     syscall
 *     jmp sleep
 * waitid:
 *     lea rdx, [rbp+INFO]
 *     xor r8d, r8d
 *     mov eax, 247
 *     syscall
 *     ret
 * ```
 */
const CALLS =
  "488b443d00eba74801d75731ff488db500110000b8e40000000f055f488b850011000031d2b98051010048f7f152056c" +
  "fa0a00b9b13a0200e81d01000069f0900100004189d04189d189d0b9b4050000e8050100004129c14489c0b9ac8e0000" +
  "e8f50000004101c14489c0b9b03a0200e8e50000004129c14489c8b96d010000e8d500000001c64469c86d01000089c1" +
  "c1e9024101c9b964000000e8ba0000004129c14529c8438d448002b999000000e8a50000004189c169c09900000083c0" +
  "02b905000000e88f0000004129c041ffc04183c1034183f90c76064183e90cffc689f0b964000000e86d000000e86d00" +
  "000048ffcf89d0e8630000004489c8e85b0000004489c0e85300000058b93c000000e84300000089d6e83c000000e83c" +
  "00000089d0e83500000089f0e82e0000008b8508110000b940420f00e819000000b964000000e80f0000000430aa89d0" +
  "e80a000000e952feffff31d2f7f1c3b90a00000052e8f0ffffff8d4030aa8d4230aa48ffc75ac34989f8488b16488b4e" +
  "084883c6104885d2743e564889d64885c97804f3a4eb2e4989f14889f28a0248ffc23c2f4c0f44ca84c075f148ffca83" +
  "f9fe490f44d183f9fd490f44f14889d14829f1f3a45eebb2c607004889f84c29c0e9d8fdffff4889f0b90a0000004531" +
  "c031d248f7f15241ffc04885c075f2580430aa41ffc875f7c60700e9acfdffff4989f88a0784c0740c48ffc73c2975f3" +
  "4989f8ebee418a0084c00f84bdfcffff49ffc03c2075ee48ffce75e931c0410fb60849ffc083e93083f9090f876dfdff" +
  "ff486bc00a4801c8ebe431c049b800000000000000804885d20f844ffdffff488b0e483b0f740b4c39c1751348833f00" +
  "7c0d4883c6084883c74848ffcaebd7ffc0e928fdffff488b4558480540130000ffd0e910fcffff48c78590130000ffff" +
  "ffffc785101300000000000031ff31f641ba05000041e8880000008bb51013000085f6743abf0100000041ba04000040" +
  "e86e0000008bb510130000413b74240875c08b851813000083bd08130000010f84b9fcffff0580000000e9affcffff48" +
  "8dbd9013000031f631d241ba08000000b8800000000f0585c0788783f81174828d48ff498b542418480fa3ca72d1418b" +
  "7c241089c631d24531d2b8a80100000f05ebbc488d95001300004531c0b8f70000000f05c3";

/** The code, as hexadecimal text. */
export const ANSWER_CALLS_X86_64 = CALLS;
