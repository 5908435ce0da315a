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
 *     runt … exec --process FILE [--pid-file FILE] [--detach] ID
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
 * .set PROCESS, 0xe8                      # exec's --process and --pid-file, how often --detach, how many others
 * .set PID_FILE, 0xf0
 * .set DETACH, 0xf8
 * .set OTHERS, 0xfc
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
 * 1:  test rdx, rdx                       # either a file says what is executed, or the arguments
 *     sete al
 *     cmp qword ptr [rbp+PROCESS], 0
 *     setne cl
 *     cmp al, cl
 *     jne none
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
 *     test al, al                         # podman has it empty
 *     jz variable
 *     ret
 * ```
 */
const ARGUMENTS =
  "4d8d66104531ed31db49833e037278498b14244983c4084885d2746b803a2d7567488d3d3f050000e8c9040000750549" +
  "89f5ebdb488d3d33050000e8b604000075188b06807e0400753d3d6a736f6e74be3d7465787474b7eb2d488d3d1a0500" +
  "00e89004000075054889f3eba24889d6488d3d0a050000e8ac040000750948ff85e0000000eb88c34c8d0d03050000e8" +
  "8e0400000f84730100004c8d0df7040000e87c0400000f84340100004c8d0dec040000e86a0400000f84e30000004c8d" +
  "0dde040000e85804000075bb498b1424488995d0000000498b14244885d274a7803a2d0f85240100004983c408488d3d" +
  "cb040000e8fd030000740e488d3dc7040000e8ef03000075094889b5e8000000ebc5488d3db3040000e8d80300007509" +
  "4889b5f0000000ebae488d3da7040000e8f0030000740e488d3da2040000e8e20300007508ff85f8000000eb8aff85fc" +
  "0000004c8d05890400004c89c7e8c30300000f846fffffff4c89c748ffc7807fff0075f74989f8803f0075de8a0248ff" +
  "c23c3d0f844effffff84c075ef49833c24000f84effeffff4983c408e936ffffff498b14244885d20f84d9feffff803a" +
  "2d755a4983c408488d3df5030000e8330300007412488d3df0030000e8250300000f85b0feffff4889b5c0000000ebc1" +
  "498b14244885d20f849afeffff488d3db4030000e82c030000740e488d3dae030000e81e03000075044983c4084d8b14" +
  "244d85d20f846dfeffff4c8995c8000000498b542408488d05760300004c39c8740b4885d20f854cfeffffeb194885d2" +
  "0f94c04883bde8000000000f95c138c80f8531feffff418a023c2d0f8426feffff3c2e0f841efeffff84c00f8416feff" +
  "ff4c89d6b9c80000000fb60685c0741e83f87f0f87fefdffff0fa305c70200000f83f1fdffff48ffc6ffc975dcc3498b" +
  "0e4d8d64ce10498b14244983c4084885d27460488d3d49030000e85e0200000f84c2fdffff488d3d46030000e84c0200" +
  "000f84b0fdffff488d3d40030000e83a0200000f849efdffff488d3d39030000e8280200000f848cfdffff4d85ed75a6" +
  "488d3d2d030000e811020000759884c07494c3";

/** The code, as hexadecimal text. */
export const ANSWER_ARGUMENTS_X86_64 = ARGUMENTS;
