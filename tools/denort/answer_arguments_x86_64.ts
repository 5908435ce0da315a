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
 * .set SIGNAL, PROCESS                    # kill's signal
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
  "4d8d66104531ed31db49833e037278498b14244983c4084885d2746b803a2d7567488d3dd6050000e860050000750549" +
  "89f5ebdb488d3dca050000e84d05000075188b06807e0400753d3d6a736f6e74be3d7465787474b7eb2d488d3db10500" +
  "00e82705000075054889f3eba24889d6488d3da1050000e843050000750948ff85e0000000eb88c34c8d0d9a050000e8" +
  "250500000f840a0200004c8d0d8e050000e8130500000f84f80100004c8d0d82050000e8010500000f844a0100004c8d" +
  "0d75050000e8ef0400000f84a70100004c8d0d6a050000e8dd0400000f84e30000004c8d0d5c050000e8cb0400007597" +
  "498b1424488995d0000000498b14244885d27483803a2d0f85970100004983c408488d3d49050000e870040000740e48" +
  "8d3d45050000e86204000075094889b5e8000000ebc5488d3d31050000e84b04000075094889b5f0000000ebae488d3d" +
  "25050000e863040000740e488d3d20050000e8550400007508ff85f8000000eb8aff85fc0000004c8d05070500004c89" +
  "c7e8360400000f846fffffff4c89c748ffc7807fff0075f74989f8803f0075de8a0248ffc23c3d0f844effffff84c075" +
  "ef49833c24000f84cbfeffff4983c408e936ffffff498b14244885d20f84b5feffff803a2d0f85c90000004983c40848" +
  "8d3d6f040000e8a20300007412488d3d6a040000e8940300000f8588feffff4889b5c0000000ebbd4d8b14244d85d20f" +
  "8472feffff48c785e80000000f000000498b7424084885f6747a49837c2410000f8551feffff803e000f8448feffff31" +
  "c00fb60e48ffc685c9741c83e93083f9090f8730feffff6bc00a01c883f8400f8722feffffebda488985e80000004c89" +
  "95c8000000eb76498b14244885d20f8403feffff488d3dbf030000e82c030000740e488d3db9030000e81e0300007504" +
  "4983c4084d8b14244d85d20f84d6fdffff4c8995c8000000498b542408488d05810300004c39c8740b4885d20f85b5fd" +
  "ffffeb194885d20f94c04883bde8000000000f95c138c80f859afdffff418a023c2d0f848ffdffff3c2e0f8487fdffff" +
  "84c00f847ffdffff4c89d6b9c80000000fb60685c0741e83f87f0f8767fdffff0fa305c70200000f835afdffff48ffc6" +
  "ffc975dcc3498b0e4d8d64ce10498b14244983c4084885d27460488d3d54030000e85e0200000f842bfdffff488d3d51" +
  "030000e84c0200000f8419fdffff488d3d4b030000e83a0200000f8407fdffff488d3d44030000e8280200000f84f5fc" +
  "ffff4d85ed75a6488d3d38030000e811020000759884c07494c3";

/** The code, as hexadecimal text. */
export const ANSWER_ARGUMENTS_X86_64 = ARGUMENTS;
