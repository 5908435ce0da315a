/**
 * The first half of the answer routine for x86-64, as bytes beside its listing (GNU as, Intel syntax): it finds the
 * answer. A test assembles the listing and compares.
 *
 * @module
 */

/*
 * The routine runs in the entry stub, before Deno starts. `create` leaves answers in the state directory: what `start`
 * and `delete` will have to do when all is as usual, as messages of system calls (`ffi/answer.ts`). For
 *
 *     runt [--root DIR] [--log FILE] [--log-format text|json] [--systemd-cgroup] start|delete [--force] ID
 *
 * it maps the container's answer and runs it, as the init image runs a message, and ends the process with 0. Whatever
 * is not as usual (other arguments, no answer, a call that fails) leads back to the stub: Deno starts, and TypeScript
 * does all of it. An answer must belong to the caller and be nobody else's to read or write; it is trusted as the
 * state file beside it is.
 *
 * ```asm
 * .intel_syntax noprefix
 * .set PATH, 0x100                        # scratch, behind the facts
 * .set PATH_END, 0x1000
 * .set STAT, 0x1000
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
 *     je argument
 * none:
 *     ret
 * command:
 *     mov rsi, rdx
 *     lea r9, [rip+start]
 *     mov rdi, r9
 *     call same
 *     je id
 *     mov rsi, rdx
 *     lea r9, [rip+delete]
 *     mov rdi, r9
 *     call same
 *     jne none
 *     mov rdx, [r12]
 *     test rdx, rdx
 *     jz none
 *     mov rsi, rdx
 *     lea rdi, [rip+force]
 *     call same
 *     je 1f
 *     mov rsi, rdx
 *     lea rdi, [rip+force_short]
 *     call same
 *     jne id
 * 1:  add r12, 8
 * id:
 *     mov r10, [r12]                      # r10: the id, with nothing after it
 *     test r10, r10
 *     jz none
 *     cmp qword ptr [r12+8], 0
 *     jne none
 *     mov al, [r10]
 *     cmp al, '-'
 *     je none
 *     cmp al, '.'
 *     je none
 *     test al, al
 *     jz none
 *     mov rcx, [r14]
 *     lea r12, [r14+rcx*8+16]
 * variable:                               # what changes the default root, or asks for more than an answer
 *     mov rdx, [r12]
 *     add r12, 8
 *     test rdx, rdx
 *     jz 1f
 *     mov rsi, rdx
 *     lea rdi, [rip+notify]
 *     call match
 *     je none
 *     test r13, r13
 *     jnz variable
 *     mov rsi, rdx
 *     lea rdi, [rip+runtime]
 *     call match
 *     jne variable
 *     ret
 * 1:  mov eax, 107                        # geteuid()
 *     syscall
 *     mov r12d, eax                       # r12d: the user
 *     test r13, r13
 *     jnz 1f
 *     test eax, eax
 *     jnz none
 *     lea r13, [rip+default]
 * 1:  lea rdi, [rbp+PATH]
 *     lea rdx, [rbp+PATH_END]
 *     mov rsi, r13
 *     call append
 *     mov al, '/'
 *     stosb
 *     mov rsi, r10
 * 1:  cmp byte ptr [rsi], '/'
 *     je none
 *     inc rsi
 *     cmp byte ptr [rsi], 0
 *     jne 1b
 *     mov rsi, r10
 *     call append
 *     mov al, '/'
 *     stosb
 *     mov rsi, r9
 *     call append
 *     lea rsi, [rip+suffix]
 *     call append
 *     mov byte ptr [rdi], 0
 *     mov edi, -100                       # openat(AT_FDCWD, path, O_RDONLY|O_CLOEXEC|O_NOFOLLOW|O_NONBLOCK)
 *     lea rsi, [rbp+PATH]
 *     mov edx, 0xa0800
 *     xor r10d, r10d
 *     mov eax, 257
 *     syscall
 *     test eax, eax
 *     js none
 *     mov r8d, eax                        # r8: the file
 *     mov edi, eax                        # fstat: a file of the caller's, and of nobody else's concern
 *     lea rsi, [rbp+STAT]
 *     mov eax, 5
 *     syscall
 *     test eax, eax
 *     jnz close
 *     cmp [rbp+STAT+28], r12d             # st_uid
 *     jne close
 *     cmp dword ptr [rbp+STAT+24], 0x8180 # st_mode: 0100600
 *     jne close
 *     mov r13, [rbp+STAT+48]              # r13: st_size
 *     cmp r13, 104
 *     jae found
 * close:
 *     mov edi, r8d
 *     mov eax, 3
 *     syscall
 *     ret
 * value:                                  # rdi: an option's name, rdx: the argument. ZF: it is that one, rsi: its value
 *     mov rsi, rdx
 *     call match
 *     jne 2f
 *     cmp al, '='
 *     jne 1f
 *     inc rsi
 *     jmp 3f
 * 1:  test al, al
 *     jne 2f
 *     mov rsi, [r12]
 *     add r12, 8
 *     test rsi, rsi
 *     jz out
 * 3:  cmp eax, eax
 * 2:  ret
 * same:                                   # ZF: the texts at rdi and rsi are the same
 *     call match
 *     jne 1f
 *     test al, al
 * 1:  ret
 * match:                                  # ZF: the text at rsi starts with the one at rdi; al and rsi: what follows
 *     mov al, [rdi]
 *     test al, al
 *     jz 1f
 *     cmp al, [rsi]
 *     jne 2f
 *     inc rdi
 *     inc rsi
 *     jmp match
 * 1:  mov al, [rsi]
 * 2:  ret
 * append:                                 # adds the text at rsi to the path
 *     lodsb
 *     test al, al
 *     jz 1f
 *     cmp rdi, rdx
 *     jae out
 *     stosb
 *     jmp append
 * 1:  ret
 * out:                                    # leaves what calls this
 *     pop rax
 *     ret
 * root: .asciz "--root"
 * log_format: .asciz "--log-format"
 * log: .asciz "--log"
 * systemd: .asciz "--systemd-cgroup"
 * start: .asciz "start"
 * delete: .asciz "delete"
 * force: .asciz "--force"
 * force_short: .asciz "-f"
 * notify: .asciz "NOTIFY_SOCKET="
 * runtime: .asciz "XDG_RUNTIME_DIR="
 * default: .asciz "/run/runt"
 * suffix: .asciz ".answer"
 * found:                                  # r8: the file, r13: its size, rbx: --log
 * ```
 */
const FIND =
  "4d8d66104531ed31db49833e03726f498b14244983c4084885d27462803a2d755e488d3d3d020000e8e2010000750549" +
  "89f5ebdb488d3d31020000e8cf01000075188b06807e040075343d6a736f6e74be3d7465787474b7eb24488d3d180200" +
  "00e8a901000075054889f3eba24889d6488d3d08020000e8ba0100007491c34889d64c8d0d070200004c89cfe8a50100" +
  "0074434889d64c8d0df90100004c89cfe89101000075d7498b14244885d274ce4889d6488d3de3010000e87701000074" +
  "114889d6488d3dda010000e86601000075044983c4084d8b14244d85d2749f49837c2408007597418a023c2d74903c2e" +
  "748c84c07488498b0e4d8d64ce10498b14244983c4084885d2742c4889d6488d3d93010000e8260100000f845effffff" +
  "4d85ed75d94889d6488d3d88010000e80c01000075c8c3b86b0000000f054189c44d85ed750f85c00f8530ffffff4c8d" +
  "2d73010000488dbd00010000488d95001000004c89eee8ea000000b02faa4c89d6803e2f0f8404ffffff48ffc6803e00" +
  "75ef4c89d6e8cb000000b02faa4c89cee8c0000000488d3536010000e8b4000000c60700bf9cffffff488db500010000" +
  "ba00080a004531d2b8010100000f0585c00f88b7feffff4189c089c7488db500100000b8050000000f0585c075264439" +
  "a51c100000751d81bd181000008081000075114c8bad301000004983fd680f83d60000004489c7b8030000000f05c348" +
  "89d6e829000000751c3c3d750548ffc6eb1184c0750f498b34244983c4084885f6743039c0c3e805000000750284c0c3" +
  "8a0784c0740c3a06750a48ffc748ffc6ebee8a06c3ac84c074084839d77304aaebf3c358c32d2d726f6f74002d2d6c6f" +
  "672d666f726d6174002d2d6c6f67002d2d73797374656d642d6367726f75700073746172740064656c657465002d2d66" +
  "6f726365002d66004e4f544946595f534f434b45543d005844475f52554e54494d455f4449523d002f72756e2f72756e" +
  "74002e616e7377657200";

/** The code, as hexadecimal text. The second half, `answer_run_x86_64.ts`, must follow it at once. */
export const ANSWER_FIND_X86_64 = FIND;
