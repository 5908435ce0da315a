/**
 * The second part of the answer routine for x86-64, as bytes beside its listing (GNU as, Intel syntax): it reads the environment.
 * A test assembles the listings and compares.
 *
 * @module
 */

/*
 * Some variables ask for more than an answer. Where the containers are without `--root` depends on others, by the rules
 * of `cmd/_global_flags.ts`.
 *
 * ```asm
 * .set DIRECTORY, 0x13a0                  # scratch: the value of XDG_RUNTIME_DIR, whether USER is root
 * .set IS_ROOT, 0x13a8
 * .set ROOT, 0x1400
 * .set ROOT_END, 0x15f0
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
 *     lea rdi, [rip+user_root]
 *     call same_variable
 *     jne 1f
 *     inc dword ptr [rbp+IS_ROOT]
 *     jmp variable
 * 1:  lea rdi, [rip+runtime]
 *     call variable_is
 *     jne variable
 *     test al, al                         # podman has it empty
 *     jz variable
 *     cmp qword ptr [rbp+DIRECTORY], 0
 *     jne variable
 *     mov [rbp+DIRECTORY], rsi
 *     jmp variable
 * user:
 *     mov eax, 107                        # geteuid()
 *     syscall
 *     mov r12d, eax                       # r12d: the user
 *     test r13, r13
 *     jnz 1f
 *     lea r13, [rip+default]
 *     mov rsi, [rbp+DIRECTORY]
 *     test eax, eax
 *     jnz 3f
 *     test rsi, rsi
 *     jz 1f
 *     cmp dword ptr [rbp+IS_ROOT], 0
 *     jne 1f
 *     lea rdi, [rip+map]                  # open(map, O_RDONLY|O_CLOEXEC): root of the initial user namespace has all ids
 *     mov esi, 0x80000
 *     mov eax, 2
 *     syscall
 *     test eax, eax
 *     js 1f
 *     mov r8d, eax
 *     mov edi, eax                        # read
 *     lea rsi, [rbp+ROOT]
 *     mov edx, 64
 *     xor eax, eax
 *     syscall
 *     mov rdx, rax
 *     call shut
 *     cmp edx, 33
 *     jne 2f
 *     lea rsi, [rbp+ROOT]
 *     lea rdi, [rip+all]
 *     mov ecx, 33
 *     repe cmpsb
 *     je 1f
 * 2:  mov rsi, [rbp+DIRECTORY]
 * 3:  test rsi, rsi
 *     jz none
 *     lea r13, [rbp+ROOT]
 *     lea rdx, [rbp+ROOT_END]
 *     mov rdi, r13
 *     call append
 *     lea rsi, [rip+below]
 *     call append
 *     mov byte ptr [rdi], 0
 * ```
 */
const ROOT =
  "498b0e4d8d64ce10498b14244983c4084885d20f848e000000488d3d29040000e8330300000f8427fdffff488d3d2604" +
  "0000e8210300000f8415fdffff488d3d20040000e80f0300000f8403fdffff488d3d19040000e8fd0200000f84f1fcff" +
  "ff488d3d23040000e8e60200007508ff85a8130000eb91488d3dfc030000e8d5020000758384c00f847bffffff4883bd" +
  "a0130000000f856dffffff4889b5a0130000e961ffffffb86b0000000f054189c44d85ed0f85ad0000004c8d2dd40300" +
  "00488bb5a013000085c0756d4885f60f849200000083bda8130000000f8585000000488d3dbc030000be00000800b802" +
  "0000000f0585c0786e4189c089c7488db500140000ba4000000031c00f054889c2e8f001000083fa217517488db50014" +
  "0000488d3d8f030000b921000000f3a67435488bb5a01300004885f60f8410fcffff4c8dad00140000488d95f0150000" +
  "4c89efe82a020000488d3540030000e81e020000c60700";

/** The code, as hexadecimal text. */
export const ANSWER_ROOT_X86_64 = ROOT;
