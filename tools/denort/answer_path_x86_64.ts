/**
 * The third part of the answer routine for x86-64, as bytes beside its listing (GNU as, Intel syntax): it finds the answer's file.
 * A test assembles the listings and compares.
 *
 * @module
 */

/*
 * Of `start`, `state`, `kill` and `delete` that is `ROOT/ID/start.answer` and so on; of `exec` one of eight in the same
 * place, by a hash of its arguments, or of four more, by the size of the file that says what to execute; of `run` one of
 * 64 in the root, by the inode of the bundle's config.json. Whether the file that is found there is really about these
 * arguments, this file or this bundle, its first operations say.
 *
 * ```asm
 * .set PATH, 0x100                        # scratch, behind the facts
 * .set PATH_END, 0x1000
 * .set STAT, 0x1000
 * .set CONFIG, 0x1200                     # struct stat of the bundle's config.json, or of the process's file
 * 1:  lea rdx, [rbp+PATH_END]
 *     lea rax, [rip+run]
 *     cmp rax, r9
 *     je bundle_slot
 *     lea rdi, [rbp+PATH]
 *     mov rsi, r13
 *     call append
 *     mov al, '/'
 *     stosb
 *     mov rsi, r10
 *     call append
 *     mov al, '/'
 *     stosb
 *     mov rsi, r9
 *     call append
 *     lea rax, [rip+exec]
 *     cmp rax, r9
 *     jne last
 *     mov rsi, [rbp+PROCESS]
 *     test rsi, rsi
 *     jnz process_slot
 *     mov rcx, [r14]                      # a slot for each command line: the bytes from exec's first argument on, hashed
 *     mov rsi, [rbp+GIVEN]
 *     mov r8, [r14+rcx*8]                 # r8: the last argument
 *     xor ecx, ecx
 * 1:  movzx eax, byte ptr [rsi]
 *     inc rsi
 *     rol ecx, 5
 *     xor ecx, eax
 *     cmp rsi, r8
 *     jbe 1b
 *     test al, al
 *     jnz 1b
 *     sub rsi, [rbp+GIVEN]
 *     mov [rbp+GIVEN_SIZE], rsi
 *     mov eax, ecx
 *     shr eax, 16
 *     xor ecx, eax
 *     and ecx, 7
 *     jmp digit
 * process_slot:                           # a slot for each process, by the size of its file
 *     mov al, 'p'
 *     stosb
 *     mov r13, rdi
 *     mov r8, rdx
 *     call look_at
 *     mov rdx, r8
 *     mov rdi, r13
 *     mov ecx, [rbp+CONFIG+48]            # st_size
 *     and ecx, 3
 *     jmp digit
 * bundle_slot:                            # a slot for each bundle, by the inode of its config.json
 *     lea rdi, [rbp+PATH]
 *     mov rsi, [rbp+BUNDLE]
 *     test rsi, rsi
 *     jz 1f
 *     cmp byte ptr [rsi], 0
 *     je none
 *     call append
 *     mov al, '/'
 *     stosb
 * 1:  lea rsi, [rip+config]
 *     call append
 *     mov byte ptr [rdi], 0
 *     lea rsi, [rbp+PATH]
 *     mov r8, rdx
 *     call look_at
 *     mov rdx, r8
 *     lea rdi, [rbp+PATH]
 *     mov rsi, r13
 *     call append
 *     lea rsi, [rip+slot]
 *     call append
 *     mov ecx, [rbp+CONFIG+8]             # st_ino
 *     mov eax, ecx
 *     shr eax, 3
 *     and eax, 7
 *     add al, '0'
 *     stosb
 *     and ecx, 7
 * digit:
 *     lea eax, [rcx+'0']
 *     stosb
 * last:
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
 *     jnz shut
 *     cmp [rbp+STAT+28], r12d             # st_uid
 *     jne shut
 *     cmp dword ptr [rbp+STAT+24], 0x8180 # st_mode: 0100600
 *     jne shut
 *     mov r13, [rbp+STAT+48]              # r13: st_size
 *     cmp r13, 104
 *     jae found
 * shut:
 *     mov edi, r8d
 *     mov eax, 3
 *     syscall
 *     ret
 * look_at:                                # newfstatat(AT_FDCWD, rsi, stat, 0)
 *     mov edi, -100
 *     lea rdx, [rbp+CONFIG]
 *     xor r10d, r10d
 *     mov eax, 262
 *     syscall
 *     test eax, eax
 *     jnz out
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
 * same_variable:                          # ZF: the texts at rdx and rdi are the same
 *     mov rsi, rdx
 *     jmp same
 * variable_is:                            # ZF: the text at rdx starts with the one at rdi
 *     mov rsi, rdx
 *     jmp match
 * named:                                  # ZF: the argument at rdx is the name at r9
 *     mov rdi, r9
 * named_rdi:                              # … at rdi
 *     mov rsi, rdx
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
 * letters: .quad 0x3ff680000000000, 0x7fffffe87fffffe
 * root: .asciz "--root"
 * log_format: .asciz "--log-format"
 * log: .asciz "--log"
 * systemd: .asciz "--systemd-cgroup"
 * start: .asciz "start"
 * state: .asciz "state"
 * kill: .asciz "kill"
 * delete: .asciz "delete"
 * run: .asciz "run"
 * exec: .asciz "exec"
 * force: .asciz "--force"
 * force_short: .asciz "-f"
 * bundle: .asciz "--bundle"
 * bundle_short: .asciz "-b"
 * process: .asciz "--process"
 * process_short: .asciz "-p"
 * pid_file: .asciz "--pid-file"
 * detach: .asciz "--detach"
 * detach_short: .asciz "-d"
 * switches: .asciz "--no-new-privs"
 *     .asciz "--ignore-paused"
 *     .byte 0
 * notify: .asciz "NOTIFY_SOCKET="
 * listen: .asciz "LISTEN_FDS="
 * mode: .asciz "RUNT_INIT="
 * training: .asciz "RUNT_TRAIN"
 * runtime: .asciz "XDG_RUNTIME_DIR="
 * user_root: .asciz "USER=root"
 * default: .asciz "/run/runt"
 * below: .asciz "/runt"
 * map: .asciz "/proc/self/uid_map"
 * all: .ascii "         0          0 4294967295\n"
 * config: .asciz "config.json"
 * slot: .asciz "/.run."
 * suffix: .asciz ".answer"
 * found:                                  # r8: the file, r13: its size, rbx: --log
 * ```
 */
const PATH =
  "488d9500100000488d05700200004c39c80f84a1000000488dbd000100004c89eee8f5010000b02faa4c89d6e8ea0100" +
  "00b02faa4c89cee8df010000488d053f0200004c39c80f85e4000000488bb5e80000004885f67541498b0e488bb5d000" +
  "00004d8b04ce31c90fb60648ffc6c1c10531c14c39c676f084c075ec482bb5d00000004889b5d800000089c8c1e81031" +
  "c183e107e993000000b070aa4989fd4989d0e8030100004c89c24c89ef8b8d3012000083e103eb74488dbd0001000048" +
  "8bb5c00000004885f67411803e000f8417fbffffe842010000b02faa488d358f020000e833010000c60700488db50001" +
  "00004989d0e8b00000004c89c2488dbd000100004c89eee80f010000488d356b020000e8030100008b8d0812000089c8" +
  "c1e80383e0070430aa83e1078d4130aa488d354e020000e8df000000c60700bf9cffffff488db500010000ba00080a00" +
  "4531d2b8010100000f0585c00f8889faffff4189c089c7488db500100000b8050000000f0585c075264439a51c100000" +
  "751d81bd181000008081000075114c8bad301000004983fd680f83ee0100004489c7b8030000000f05c3bf9cffffff48" +
  "8d95001200004531d2b8060100000f0585c07565c34889d6e839000000751c3c3d750548ffc6eb1184c0750f498b3424" +
  "4983c4084885f6744039c0c34889d6eb0b4889d6eb104c89cf4889d6e805000000750284c0c38a0784c0740c3a06750a" +
  "48ffc748ffc6ebee8a06c3ac84c074084839d77304aaebf3c358c3000000000068ff03feffff87feffff072d2d726f6f" +
  "74002d2d6c6f672d666f726d6174002d2d6c6f67002d2d73797374656d642d6367726f75700073746172740073746174" +
  "65006b696c6c0064656c6574650072756e0065786563002d2d666f726365002d66002d2d62756e646c65002d62002d2d" +
  "70726f63657373002d70002d2d7069642d66696c65002d2d646574616368002d64002d2d6e6f2d6e65772d7072697673" +
  "002d2d69676e6f72652d70617573656400004e4f544946595f534f434b45543d004c495354454e5f4644533d0052554e" +
  "545f494e49543d0052554e545f545241494e005844475f52554e54494d455f4449523d00555345523d726f6f74002f72" +
  "756e2f72756e74002f72756e74002f70726f632f73656c662f7569645f6d617000202020202020202020302020202020" +
  "20202020203020343239343936373239350a636f6e6669672e6a736f6e002f2e72756e2e002e616e7377657200";

/** The code, as hexadecimal text. */
export const ANSWER_PATH_X86_64 = PATH;
