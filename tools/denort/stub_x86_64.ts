/**
 * The entry stub for x86-64, as bytes beside its listing (GNU as, Intel syntax). A test assembles the listing and
 * compares.
 *
 * @module
 */

/*
 * It runs after the dynamic loader and before Deno, and gives an answer that needs no Deno (`answer_x86_64.ts`). It notes what Deno's start would hide (`ffi/start_facts.ts` has
 * the record), makes the standard descriptors and the working directory such that Deno can start, builds a new
 * initial stack with Deno's own arguments before the caller's and with an environment of its own (no variable of the
 * caller can change how Deno starts), and jumps to Deno's entry. It uses no memory but the stack, so that its segment
 * is never writable.
 *
 * ```asm
 * .intel_syntax noprefix
 * .set ANSWER, 1024                       # see segment.ts
 * .set TABLE, 5120
 * .set ENTRY, TABLE
 * .set ENVIRON, TABLE+8
 * .set SCRIPT, TABLE+16
 * .set MAIN, TABLE+24
 * .set ARGUMENTS, TABLE+32
 * .set VARIABLES, TABLE+40
 * .set STRINGS, TABLE+48
 * base:
 * _start:
 *     mov r15, rdx                        # the loader's rtld_fini, for Deno's entry
 *     mov r14, rsp                        # r14: argc, argv, 0, envp, 0, auxv, as the kernel wrote them
 *     lea rbx, [rip+base]
 *     sub rsp, 0x1600
 *     and rsp, -64
 *     mov rbp, rsp                        # rbp: the facts; from rbp+0x100 on: scratch
 *     mov rdi, rbp
 *     xor eax, eax
 *     mov ecx, 32
 *     rep stosq
 *     mov [rbp+72], r14
 *     mov [rbp+88], rbx
 *     lea rax, [rbx+ANSWER]               # ends here, where the answer is known; changes rbx, r12 and r13
 *     call rax
 *     mov rbx, [rbp+88]
 *     cmp qword ptr [r14], 2              # runt init: nobody in the namespaces that it is in may trace it
 *     jb 1f
 *     mov rax, [r14+16]
 *     cmp dword ptr [rax], 0x74696e69     # "init"
 *     jne 1f
 *     cmp byte ptr [rax+4], 0
 *     jne 1f
 *     mov edi, 4                          # prctl(PR_SET_DUMPABLE, 0)
 *     xor esi, esi
 *     mov eax, 157
 *     syscall
 * 1:
 *     xor edi, edi                        # prlimit64(0, RLIMIT_NOFILE, 0, facts+32)
 *     mov esi, 7
 *     xor edx, edx
 *     lea r10, [rbp+32]
 *     mov eax, 302
 *     syscall
 *     xor edi, edi                        # rt_sigprocmask(SIG_BLOCK, 0, facts+48, 8)
 *     xor esi, esi
 *     lea rdx, [rbp+48]
 *     mov r10d, 8
 *     mov eax, 14
 *     syscall
 *     mov r12d, 1
 * ignored:                                # rt_sigaction(n, 0, scratch, 8) for n = 1 … 64
 *     mov edi, r12d
 *     xor esi, esi
 *     lea rdx, [rbp+0x100]
 *     mov eax, 13
 *     syscall
 *     test eax, eax
 *     js 1f
 *     cmp qword ptr [rbp+0x100], 1        # SIG_IGN
 *     jne 1f
 *     lea ecx, [r12-1]
 *     bts [rbp+56], rcx
 * 1:  inc r12d
 *     cmp r12d, 64
 *     jbe ignored
 *     xor r12d, r12d
 * descriptors:                            # fcntl(n, F_GETFD) for n = 0 … 63
 *     mov edi, r12d
 *     mov esi, 1
 *     mov eax, 72
 *     syscall
 *     test eax, eax
 *     js 1f
 *     bts [rbp+80], r12
 * 1:  inc r12d
 *     cmp r12d, 64
 *     jb descriptors
 *     xor r12d, r12d
 * standard:                               # /dev/null where 0, 1 or 2 is closed
 *     bt [rbp+80], r12
 *     jc 1f
 *     mov edi, -100                       # openat(AT_FDCWD, "/dev/null", O_RDWR) takes the lowest
 *     lea rsi, [rip+null]
 *     mov edx, 2
 *     xor r10d, r10d
 *     mov eax, 257
 *     syscall
 * 1:  inc r12d
 *     cmp r12d, 3
 *     jb standard
 *     lea rdi, [rbp+0x100]                # getcwd(scratch, 4096)
 *     mov esi, 4096
 *     mov eax, 79
 *     syscall
 *     test rax, rax
 *     jle lost
 *     cmp byte ptr [rbp+0x100], '/'       # else "(unreachable)…"
 *     je kept
 * lost:
 *     bts qword ptr [rbp+64], 0
 *     lea rdi, [rip+nowhere]              # chdir, to where no relative path leads to a file
 *     mov eax, 80
 *     syscall
 *     test eax, eax
 *     jns kept
 *     lea rdi, [rip+root]
 *     mov eax, 80
 *     syscall
 * kept:
 *     mov rax, 0x3d544e55525f             # "_RUNT=" and the facts' address in 16 digits
 *     mov [rbp+0x80], rax
 *     mov rax, rbp
 *     mov ecx, 16
 *     lea rdi, [rbp+0x86]
 * digit:
 *     rol rax, 4
 *     mov edx, eax
 *     and edx, 15
 *     cmp edx, 10
 *     jb 1f
 *     add edx, 'a'-'0'-10
 * 1:  add edx, '0'
 *     mov [rdi], dl
 *     inc rdi
 *     dec ecx
 *     jnz digit
 *     mov rax, [rbx+SCRIPT]
 *     add rax, rbx
 *     mov [rbp+16], rax
 *     mov rax, [rbx+MAIN]
 *     add rax, rbx
 *     mov [rbp+24], rax
 *     mov r13, [r14]                      # r13: argc
 *     lea r12, [r14+r13*8+16]             # r12: envp
 *     mov [rbp+8], r12
 *     mov rsi, r12
 * 1:  lodsq
 *     test rax, rax
 *     jnz 1b
 *     mov r8, rsi                         # r8: auxv
 * 2:  lodsq
 *     add rsi, 8
 *     test rax, rax
 *     jnz 2b
 *     sub rsi, r14                        # the new block is as long as the old, and what is added
 *     mov rax, [rbx+ARGUMENTS]
 *     add rax, [rbx+VARIABLES]
 *     lea rsi, [rsi+rax*8+64]
 *     sub rsp, rsi
 *     and rsp, -16
 *     mov rdi, rsp
 *     mov rax, r13
 *     sub rax, 1
 *     jns 1f
 *     xor eax, eax                        # argc was 0
 * 1:  mov rcx, rax
 *     add rax, [rbx+ARGUMENTS]
 *     stosq
 *     mov rdx, [rbx+ARGUMENTS]            # Deno's own arguments, argv[0] among them
 *     lea rsi, [rbx+STRINGS]
 * 2:  lodsq
 *     add rax, rbx
 *     stosq
 *     dec rdx
 *     jnz 2b
 *     mov r9, rsi
 *     lea rsi, [r14+16]                   # the caller's, from argv[1] on
 *     rep movsq
 *     xor eax, eax
 *     stosq
 *     mov r11, rdi                        # r11: the envp that Deno sees
 *     lea rax, [rbp+0x80]
 *     stosq
 *     mov rsi, r9
 *     mov rcx, [rbx+VARIABLES]
 * 3:  jrcxz 4f
 *     lodsq
 *     add rax, rbx
 *     stosq
 *     dec rcx
 *     jmp 3b
 * 4:  xor eax, eax
 *     stosq
 *     mov rsi, r8
 * 5:  lodsq
 *     stosq
 *     mov rcx, rax
 *     movsq
 *     test rcx, rcx
 *     jnz 5b
 *     mov rax, [rbx+ENVIRON]              # &environ, from the loader's table
 *     mov rax, [rbx+rax]
 *     mov [rbp], rax
 *     mov [rax], r11
 *     mov rax, [rbx+ENTRY]
 *     add rax, rbx
 *     mov rdx, r15
 *     xor ebp, ebp
 *     jmp rax
 * null: .asciz "/dev/null"
 * nowhere: .asciz "/proc/self/fdinfo"
 * root: .asciz "/"
 * ```
 */
const STUB =
  "4989d74989e6488d1df3ffffff4881ec001600004883e4c04889e54889ef31c0b920000000f348ab4c89754848895d58" +
  "488d8300040000ffd0488b5d5849833e027220498b46108138696e6974751480780400750ebf0400000031f6b89d0000" +
  "000f0531ffbe0700000031d24c8d5520b82e0100000f0531ff31f6488d553041ba08000000b80e0000000f0541bc0100" +
  "00004489e731f6488d9500010000b80d0000000f0585c078144883bd0001000001750a418d4c24ff480fab4d3841ffc4" +
  "4183fc4076cc4531e44489e7be01000000b8480000000f0585c078054c0fab655041ffc44183fc4072df4531e44c0fa3" +
  "6550721bbf9cffffff488d3597010000ba020000004531d2b8010100000f0541ffc44183fc0372d5488dbd00010000be" +
  "00100000b84f0000000f054885c07e0980bd000100002f7426480fba6d4000488d3d5b010000b8500000000f0585c079" +
  "0e488d3d5b010000b8500000000f0548b85f52554e543d0000488985800000004889e8b910000000488dbd8600000048" +
  "c1c00489c283e20f83fa0a720383c22783c230881748ffc7ffc975e3488b83101400004801d848894510488b83181400" +
  "004801d8488945184d8b2e4f8d64ee104c8965084c89e648ad4885c075f94989f048ad4883c6084885c075f54c29f648" +
  "8b832014000048038328140000488d74c6404829f44883e4f04889e74c89e84883e801790231c04889c1480383201400" +
  "0048ab488b9320140000488db33014000048ad4801d848ab48ffca75f44989f1498d7610f348a531c048ab4989fb488d" +
  "858000000048ab4c89ce488b8b28140000e30c48ad4801d848ab48ffc9ebf231c048ab4c89c648ad48ab4889c148a548" +
  "85c975f2488b8308140000488b0403488945004c8918488b83001400004801d84c89fa31edffe02f6465762f6e756c6c" +
  "002f70726f632f73656c662f6664696e666f002f00";

/** The code, as hexadecimal text; it starts at the first byte of its segment. */
export const STUB_X86_64 = STUB;
