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
 *     runt [--root DIR] [--log FILE] [--log-format text|json] [--systemd-cgroup] start|state|delete [--force] ID
 *     runt … kill ID [NUMBER]
 *     runt … run [--bundle DIR] ID
 *     runt … exec [OPTIONS] ID ARGUMENTS…
 *     runt … exec --process FILE [--pid-file FILE] [--detach] ID
 *
 * it maps the answer and runs it, and ends the process as that says. Whatever is not as usual (other arguments, no
 * answer, a call that fails) leads back to the stub: Deno starts, and TypeScript does all of it. An answer must belong to
 * the caller and be nobody else's to read or write; it is trusted as the state files beside it are.
 *
 * Its five parts are assembled as one: `answer_arguments`, `answer_root`, `answer_path`, `answer_run`, `answer_calls`.
 *
 * ```asm
 * .intel_syntax noprefix
 * .set BUNDLE, 0xc0                       # facts of this routine: --bundle, the id, the arguments of exec
 * .set ID, 0xc8
 * .set GIVEN, 0xd0
 * .set GIVEN_SIZE, 0xd8
 * .set SYSTEMD, 0xe0                      # whether there is --systemd-cgroup
 * .set PROCESS, 0xe8                      # exec's --process and --pid-file, how often --detach, how many others
 * .set PID_FILE, 0xf0
 * .set SIGNAL, PROCESS                    # kill's signal
 * .set DETACH, 0xf8
 * .set OTHERS, 0xfc
 * find:                                   # rbp: the facts; r14: the initial stack
 *     lea r12, [r14+16]                   # r12: the next argument
 *     xor r13d, r13d                      # r13: --root
 *     xor ebx, ebx                        # rbx: --log
 *     mov [rbp+DIRECTORY], rbx
 *     mov [rbp+IS_ROOT], rbx
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
 *     lea r9, [rip+state]
 *     call named
 *     je id
 *     lea r9, [rip+kill]
 *     call named
 *     je signal
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
 *     lea rdi, [rip+process]
 *     call value
 *     je 1f
 *     lea rdi, [rip+process_short]
 *     call value
 *     jne 2f
 * 1:  mov [rbp+PROCESS], rsi
 *     jmp exec_option
 * 2:  lea rdi, [rip+pid_file]
 *     call value
 *     jne 3f
 *     mov [rbp+PID_FILE], rsi
 *     jmp exec_option
 * 3:  lea rdi, [rip+detach]
 *     call named_rdi
 *     je 4f
 *     lea rdi, [rip+detach_short]
 *     call named_rdi
 *     jne 5f
 * 4:  inc dword ptr [rbp+DETACH]
 *     jmp exec_option
 * 5:  inc dword ptr [rbp+OTHERS]
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
 * signal:                                 # a number behind the id; SIGTERM when there is none
 *     mov r10, [r12]
 *     test r10, r10
 *     jz none
 *     mov qword ptr [rbp+SIGNAL], 15
 *     mov rsi, [r12+8]
 *     test rsi, rsi
 *     jz id
 *     cmp qword ptr [r12+16], 0
 *     jne none
 *     cmp byte ptr [rsi], 0
 *     je none
 *     xor eax, eax
 * 1:  movzx ecx, byte ptr [rsi]
 *     inc rsi
 *     test ecx, ecx
 *     jz 1f
 *     sub ecx, '0'
 *     cmp ecx, 9
 *     ja none
 *     imul eax, eax, 10
 *     add eax, ecx
 *     cmp eax, 64
 *     ja none
 *     jmp 1b
 * 1:  mov [rbp+SIGNAL], rax
 *     mov [rbp+ID], r10
 *     jmp name
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
 *     jmp name
 * 1:  test rdx, rdx                       # either a file says what is executed, or the arguments
 *     sete al
 *     cmp qword ptr [rbp+PROCESS], 0
 *     setne cl
 *     cmp al, cl
 *     jne none
 * name:
 *     mov al, [r10]
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
 * ```
 */
const ARGUMENTS =
  "4d8d66104531ed31db48899da013000048899da813000049833e037278498b14244983c4084885d2746b803a2d756748" +
  "8d3daf060000e83406000075054989f5ebdb488d3da3060000e82106000075188b06807e0400753d3d6a736f6e74be3d" +
  "7465787474b7eb2d488d3d8a060000e8fb05000075054889f3eba24889d6488d3d7a060000e81c060000750948ff85e0" +
  "000000eb88c34c8d0d73060000e8fe0500000f840a0200004c8d0d67060000e8ec0500000f84f80100004c8d0d5b0600" +
  "00e8da0500000f844a0100004c8d0d4e060000e8c80500000f84a70100004c8d0d43060000e8b60500000f84e3000000" +
  "4c8d0d35060000e8a40500007597498b1424488995d0000000498b14244885d27483803a2d0f85970100004983c40848" +
  "8d3d22060000e844050000740e488d3d1e060000e83605000075094889b5e8000000ebc5488d3d0a060000e81f050000" +
  "75094889b5f0000000ebae488d3dfe050000e83c050000740e488d3df9050000e82e0500007508ff85f8000000eb8aff" +
  "85fc0000004c8d05e00500004c89c7e80f0500000f846fffffff4c89c748ffc7807fff0075f74989f8803f0075de8a02" +
  "48ffc23c3d0f844effffff84c075ef49833c24000f84cbfeffff4983c408e936ffffff498b14244885d20f84b5feffff" +
  "803a2d0f85c90000004983c408488d3d48050000e8760400007412488d3d43050000e8680400000f8588feffff4889b5" +
  "c0000000ebbd4d8b14244d85d20f8472feffff48c785e80000000f000000498b7424084885f6747a49837c2410000f85" +
  "51feffff803e000f8448feffff31c00fb60e48ffc685c9741c83e93083f9090f8730feffff6bc00a01c883f8400f8722" +
  "feffffebda488985e80000004c8995c8000000eb76498b14244885d20f8403feffff488d3d98040000e805040000740e" +
  "488d3d92040000e8f703000075044983c4084d8b14244d85d20f84d6fdffff4c8995c8000000498b542408488d055a04" +
  "00004c39c8740b4885d20f85b5fdffffeb194885d20f94c04883bde8000000000f95c138c80f859afdffff418a023c2d" +
  "0f848ffdffff3c2e0f8487fdffff84c00f847ffdffff4c89d6b9c80000000fb60685c0741e83f87f0f8767fdffff0fa3" +
  "05a00300000f835afdffff48ffc6ffc975dcc3";

/** The code, as hexadecimal text. */
export const ANSWER_ARGUMENTS_X86_64 = ARGUMENTS;
