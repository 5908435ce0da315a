/**
 * The first part of the answer routine for x86-64, as bytes beside its listing (GNU as, Intel syntax): it reads the command line.
 * A test assembles the listings and compares.
 *
 * @module
 */

/*
 * The routine runs in the entry stub, before Deno starts. Commands leave answers in the state directory: what the next
 * one of their kind will have to do when all is as usual, as a program of system calls (`ffi/answer.ts`). For
 *
 *     runt [--root DIR] [--log FILE] [--log-format text|json] [--systemd-cgroup] start|delete [--force] ID
 *     runt … run [--bundle DIR] ID
 *     runt … exec [OPTIONS] ID ARGUMENTS…
 *
 * it maps the answer and runs it, and ends the process as that says. Whatever is not as usual (other arguments, no
 * answer, a call that fails) leads back to the stub: Deno starts, and TypeScript does all of it. An answer must belong to
 * the caller and be nobody else's to read or write; it is trusted as the state files beside it are.
 *
 * Its four parts are assembled as one: `answer_arguments`, `answer_path`, `answer_run`, `answer_calls`.
 *
 * ```asm
 * .intel_syntax noprefix
 * .set BUNDLE, 0xc0                       # facts of this routine: --bundle, the id, the arguments of exec
 * .set ID, 0xc8
 * .set GIVEN, 0xd0
 * .set GIVEN_SIZE, 0xd8
 * .set SYSTEMD, 0xe0                      # whether there is --systemd-cgroup
 * find:                                   # rbp: the facts; r14: the initial stack
 *     lea r12, [r14+16]                   # r12: the next argument
 *     xor r13d, r13d                      # r13: --root
 *     xor ebx, ebx                        # rbx: --log
 *     cmp qword ptr [r14], 3
 *     jb none
 * argument:
 *     mov rdx, [r12]
 *     add r12, 8
 *     test rdx, rdx
 *     jz none
 *     cmp byte ptr [rdx], '-'
 *     jne command
 *     lea rdi, [rip+root]
 *     call value
 *     jne 1f
 *     mov r13, rsi
 *     jmp argument
 * 1:  lea rdi, [rip+log_format]
 *     call value
 *     jne 1f
 *     mov eax, [rsi]
 *     cmp byte ptr [rsi+4], 0
 *     jne none
 *     cmp eax, 0x6e6f736a                 # "json"
 *     je argument
 *     cmp eax, 0x74786574                 # "text"
 *     je argument
 *     jmp none
 * 1:  lea rdi, [rip+log]
 *     call value
 *     jne 1f
 *     mov rbx, rsi
 *     jmp argument
 * 1:  mov rsi, rdx
 *     lea rdi, [rip+systemd]
 *     call same
 *     jne none
 *     inc qword ptr [rbp+SYSTEMD]
 *     jmp argument
 * none:
 *     ret
 * command:                                # r9: its name
 *     lea r9, [rip+start]
 *     call named
 *     je id
 *     lea r9, [rip+delete]
 *     call named
 *     je delete_option
 *     lea r9, [rip+run]
 *     call named
 *     je run_option
 *     lea r9, [rip+exec]
 *     call named
 *     jne none
 *     mov rdx, [r12]
 *     mov [rbp+GIVEN], rdx
 * exec_option:
 *     mov rdx, [r12]
 *     test rdx, rdx
 *     jz none
 *     cmp byte ptr [rdx], '-'
 *     jne id
 *     add r12, 8
 *     lea r8, [rip+switches]
 * 1:  mov rdi, r8                         # those without a value
 *     call named_rdi
 *     je exec_option
 *     mov rdi, r8
 * 2:  inc rdi
 *     cmp byte ptr [rdi-1], 0
 *     jne 2b
 *     mov r8, rdi
 *     cmp byte ptr [rdi], 0
 *     jne 1b
 * 3:  mov al, [rdx]                       # all others have one, here or in the next argument
 *     inc rdx
 *     cmp al, '='
 *     je exec_option
 *     test al, al
 *     jnz 3b
 *     cmp qword ptr [r12], 0
 *     je none
 *     add r12, 8
 *     jmp exec_option
 * run_option:
 *     mov rdx, [r12]
 *     test rdx, rdx
 *     jz none
 *     cmp byte ptr [rdx], '-'
 *     jne id
 *     add r12, 8
 *     lea rdi, [rip+bundle]
 *     call value
 *     je 1f
 *     lea rdi, [rip+bundle_short]
 *     call value
 *     jne none
 * 1:  mov [rbp+BUNDLE], rsi
 *     jmp run_option
 * delete_option:
 *     mov rdx, [r12]
 *     test rdx, rdx
 *     jz none
 *     lea rdi, [rip+force]
 *     call named_rdi
 *     je 1f
 *     lea rdi, [rip+force_short]
 *     call named_rdi
 *     jne id
 * 1:  add r12, 8
 * id:
 *     mov r10, [r12]                      # r10: the id, with nothing after it, unless it is of exec
 *     test r10, r10
 *     jz none
 *     mov [rbp+ID], r10
 *     mov rdx, [r12+8]
 *     lea rax, [rip+exec]
 *     cmp rax, r9
 *     je 1f
 *     test rdx, rdx
 *     jnz none
 *     jmp 2f
 * 1:  test rdx, rdx
 *     jz none
 * 2:  mov al, [r10]
 *     cmp al, '-'
 *     je none
 *     cmp al, '.'
 *     je none
 *     test al, al
 *     jz none
 *     mov rsi, r10
 *     mov ecx, 200                        # letters, digits and "_+-."; a longer one is left to TypeScript
 * 1:  movzx eax, byte ptr [rsi]
 *     test eax, eax
 *     jz 1f
 *     cmp eax, 127
 *     ja none
 *     bt dword ptr [rip+letters], eax
 *     jnc none
 *     inc rsi
 *     dec ecx
 *     jnz 1b
 *     ret
 * 1:  mov rcx, [r14]
 *     lea r12, [r14+rcx*8+16]
 * variable:                               # what changes the default root, or asks for more than an answer
 *     mov rdx, [r12]
 *     add r12, 8
 *     test rdx, rdx
 *     jz user
 *     lea rdi, [rip+notify]
 *     call variable_is
 *     je none
 *     lea rdi, [rip+listen]
 *     call variable_is
 *     je none
 *     lea rdi, [rip+mode]
 *     call variable_is
 *     je none
 *     lea rdi, [rip+training]
 *     call variable_is
 *     je none
 *     test r13, r13
 *     jnz variable
 *     lea rdi, [rip+runtime]
 *     call variable_is
 *     jne variable
 *     ret
 * ```
 */
const ARGUMENTS =
  "4d8d66104531ed31db49833e037278498b14244983c4084885d2746b803a2d7567488d3d85040000e80f040000750549" +
  "89f5ebdb488d3d79040000e8fc03000075188b06807e0400753d3d6a736f6e74be3d7465787474b7eb2d488d3d600400" +
  "00e8d603000075054889f3eba24889d6488d3d50040000e8f2030000750948ff85e0000000eb88c34c8d0d49040000e8" +
  "d40300000f84fe0000004c8d0d3d040000e8c20300000f84bf0000004c8d0d32040000e8b003000074724c8d0d280400" +
  "00e8a203000075bf498b1424488995d0000000498b14244885d274ab803a2d0f85b30000004983c4084c8d0515040000" +
  "4c89c7e87303000074d94c89c748ffc7807fff0075f74989f8803f0075e28a0248ffc23c3d74bc84c075f349833c2400" +
  "0f8461ffffff4983c408eba7498b14244885d20f844effffff803a2d755a4983c408488d3db0030000e8ee0200007412" +
  "488d3dab030000e8e00200000f8525ffffff4889b5c0000000ebc1498b14244885d20f840fffffff488d3d6f030000e8" +
  "e7020000740e488d3d69030000e8d902000075044983c4084d8b14244d85d20f84e2feffff4c8995c8000000498b5424" +
  "08488d05310300004c39c8740b4885d20f85c1feffffeb094885d20f84b6feffff418a023c2d0f84abfeffff3c2e0f84" +
  "a3feffff84c00f849bfeffff4c89d6b9c80000000fb60685c0741e83f87f0f8783feffff0fa305920200000f8376feff" +
  "ff48ffc6ffc975dcc3498b0e4d8d64ce10498b14244983c4084885d2745c488d3dfc020000e8290200000f8447feffff" +
  "488d3df9020000e8170200000f8435feffff488d3df3020000e8050200000f8423feffff488d3dec020000e8f3010000" +
  "0f8411feffff4d85ed75a6488d3de0020000e8dc0100007598c3";

/** The code, as hexadecimal text. */
export const ANSWER_ARGUMENTS_X86_64 = ARGUMENTS;
