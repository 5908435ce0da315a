/**
 * The machine code of aarch64, as bytes beside its listing (GNU as). A test assembles each listing and compares,
 * and runs the init image under an emulator.
 *
 * @module
 */
import type { MachineCode } from "./machine_code.ts";

/*
 * init: the init image's loop. Reads a message (`../batch.ts`), runs it in place, sends it back, reads again.
 *
 * ```asm
 * killed:                         // a signal handler
 *     mov w0, #2
 *     mov w8, #94                 // exit_group
 *     svc #0
 * _start:
 *     mov x19, #0x800000          // the arena; the message lies at its start
 *     ldr w20, control            // the control socket, written in when the image is made
 * receive:
 *     mov w0, w20                 // read(control, arena, size)
 *     mov x1, x19
 *     mov w2, #0x20000
 *     mov w8, #63
 *     svc #0
 *     cmn x0, #4                  // EINTR: once more
 *     b.eq receive
 *     cmp x0, #0
 *     b.le leave                  // end of file: runt is gone
 *     add x21, x19, #32           // x21: the operation
 *     ldr w22, [x19]              // w22: how many are left
 *     ldr w9, [x19, #12]
 *     tbz w9, #0, 5f              // sent when all before it was answered: what failed then is known
 *     mov w23, #0                 // w23: something has failed
 * 5:  cbnz w23, stop
 * next:
 *     cmp w22, #0
 *     b.le reply
 *     ldrb w9, [x21, #64]
 *     add x10, x21, #8
 * refs:                           // words that stand for results become those results
 *     cbz w9, loaded
 *     tbz w9, #0, 1f
 *     ldr x11, [x10]
 *     ldr x11, [x11]
 *     str x11, [x10]
 * 1:  add x10, x10, #8
 *     lsr w9, w9, #1
 *     b refs
 * loaded:
 *     ldp x0, x1, [x21, #8]
 *     ldp x2, x3, [x21, #24]
 *     ldp x4, x5, [x21, #40]
 *     ldrb w9, [x21, #65]
 *     cbnz w9, pseudo
 *     ldr x8, [x21]
 *     svc #0
 *     str x0, [x21, #56]
 *     cmn x0, #4095               // carry: -4095 to -1
 *     b.lo advance
 *     neg w9, w0
 *     add x10, x21, #66
 *     ldrb w11, [x10]
 *     cmp w11, #0xff
 *     b.eq advance
 *     mov w12, #6
 * 2:  ldrb w11, [x10], #1
 *     cmp w9, w11
 *     b.eq advance
 *     subs w12, w12, #1
 *     b.ne 2b
 *     mov w23, #1                 // not accepted: the message ends here
 * stop:
 *     str w22, [x19, #8]
 *     b reply
 * pseudo:
 *     subs w9, w9, #2
 *     b.lo skip
 *     b.eq copy
 *     cmp w9, #1
 *     b.eq compare
 *     mov w20, w0                 // control
 * done:
 *     str xzr, [x21, #56]
 * advance:
 *     add x21, x21, #72
 *     sub w22, w22, #1
 *     b next
 * copy:
 *     cbz x2, done
 *     ldrb w9, [x1], #1
 *     strb w9, [x0], #1
 *     sub x2, x2, #1
 *     b copy
 * compare:
 *     mov x11, #0
 * 3:  cbz x2, 4f
 *     ldrb w9, [x0], #1
 *     ldrb w10, [x1], #1
 *     sub x2, x2, #1
 *     cmp w9, w10
 *     b.eq 3b
 *     mov x11, #1
 * 4:  str x11, [x21, #56]
 *     b advance
 * skip:                           // x0: value, x1: condition, x2: how many
 *     cmp x0, #0
 *     cset w9, ne                 // zero, nonzero
 *     cset w10, pl                // negative, not negative
 *     tst w1, #2
 *     csel w9, w9, w10, eq
 *     and w10, w1, #1
 *     cmp w9, w10
 *     b.ne done
 *     mov w11, #72
 *     smaddl x21, w2, w11, x21
 *     sub w22, w22, w2
 *     b advance
 * reply:
 *     ldr w2, [x19, #4]
 *     cbz w2, further
 *     mov w0, w20                 // write(control, arena, reply): the one call that no seccomp agent is told of
 *     mov x1, x19
 *     mov w8, #64
 *     svc #0
 *     tbnz x0, #63, leave
 * further:
 *     ldr w19, [x19, #16]         // where the next message goes
 *     b receive
 * leave:
 *     mov w0, #1
 *     mov w8, #94                 // exit_group
 *     svc #0
 * control:
 *     .word 0x11111111
 * ```
 */
const INIT =
  "40008052c80b8052010000d41310a0d2b40c0018e003142ae10313aa4200a052e8078052010000d41f1000b140ffff541f0000f12d0b005475820091" +
  "760240b9690e40b9490000361700805277040035df0200710d090054a9024139aa22009109010034890000364b0140f9" +
  "6b0140f94b0100f94a210091297d0153f9ffff17a08640a9a28e41a9a49642a9a906413989020035a80240f9010000d4" +
  "a01e00f91ffc3fb1c3020054e903004baa0a01914b0140397ffd037120020054cc0080524b1540383f010b6ba0010054" +
  "8c05007181ffff5437008052760a00b9260000142909007103030054000100543f05007160010054f403002abf1e00f9" +
  "b5220191d6060051d3ffff1782ffffb42914403809140038420400d1fcffff170b0080d2e20000b4091440382a144038" +
  "420400d13f010a6b60ffff542b0080d2ab1e00f9efffff171f0000f1e9079f1aea479f1a3f001f7229018a1a2a000012" +
  "3f010a6bc1fcff540b09805255542b9bd602024be3ffff17620640b9c2000034e003142ae10313aa08088052010000d4" +
  "6000f8b7731240b9a0ffff1720008052c80b8052010000d411111111";

/*
 * spawn: makes a process which does nothing but take its control socket and become the image. The parent waits
 * in the kernel until then (CLONE_VFORK), so both may use one memory, of which the child changes nothing.
 *
 * ```asm
 * spawn:                          // x0: { clone_args*, size, image, argv, envp, socket, control, result }
 *     mov x9, x0                  // the kernel keeps all registers but x0
 *     ldp x0, x1, [x9]
 *     mov w8, #435                // clone3
 *     svc #0
 *     cbz x0, child
 *     str x0, [x9, #56]
 *     ret
 * child:                          // shares the parent's memory: no stack, no writes
 *     ldp x0, x1, [x9, #40]
 *     mov w2, #0
 *     mov w8, #24                 // dup3(socket, control, 0)
 *     svc #0
 *     ldr x0, [x9, #16]
 *     adr x1, empty
 *     ldp x2, x3, [x9, #24]
 *     mov w4, #0x1000
 *     mov w8, #281                // execveat(image, "", argv, envp, AT_EMPTY_PATH)
 *     svc #0
 *     mov w0, #127
 *     mov w8, #94                 // exit_group
 *     svc #0
 * empty:
 *     .word 0
 * ```
 */
const SPAWN =
  "e90300aa200540a968368052010000d4600000b4201d00f9c0035fd6208542a90200805208038052010000d4200940f9" +
  "01010010228d41a90400825228238052010000d4e00f8052c80b8052010000d400000000";

/*
 * call: a raw system call. Its result is the kernel's own, -errno for a failure: libc's `errno` may be changed
 * between two calls out of JavaScript, a return value may not.
 *
 * ```asm
 * call:                           // x0: { number, a0, a1, a2, a3, a4, a5, result }
 *     mov x9, x0
 *     ldp x8, x0, [x9]
 *     ldp x1, x2, [x9, #16]
 *     ldp x3, x4, [x9, #32]
 *     ldr x5, [x9, #48]
 *     svc #0
 *     str x0, [x9, #56]
 *     ret
 * ```
 */
const CALL = "e90300aa280140a9210941a9231142a9251940f9010000d4201d00f9c0035fd6";

/*
 * forward: a signal handler that passes the signal on to a process, and the way back from it. See x86_64.ts.
 *
 * ```asm
 * forward:                        // w0: the signal; x1: its siginfo_t
 *     mov x2, #0x09b0             // a bit for each of SIGILL SIGTRAP SIGBUS SIGFPE SIGSEGV SIGSYS
 *     movk x2, #0x8000, lsl #16
 *     lsr x2, x2, x0
 *     tbz w2, #0, pass
 *     ldr w2, [x1, #8]            // si_code
 *     cmp w2, #0
 *     b.gt fault
 * pass:
 *     mov w1, w0
 *     ldr x4, words               // their address, written in when it is installed
 *     ldr w0, [x4]                // the pidfd
 *     tbnz w0, #31, keep
 *     mov x2, #0
 *     mov w3, #0
 *     mov w8, #424                // pidfd_send_signal(pidfd, signal, NULL, 0)
 *     svc #0
 *     ret
 * keep:
 *     sub w1, w1, #1
 *     mov x2, #1
 *     lsl x2, x2, x1
 *     add x4, x4, #8
 * again:
 *     ldxr x3, [x4]
 *     orr x3, x3, x2
 *     stxr w5, x3, [x4]
 *     cbnz w5, again
 *     ret
 * fault:
 *     stp xzr, xzr, [sp, #-32]!   // struct sigaction: all zero
 *     stp xzr, xzr, [sp, #16]
 *     mov x1, sp
 *     mov x2, #0
 *     mov x3, #8
 *     mov w8, #134                // rt_sigaction(signal, action, NULL, 8)
 *     svc #0
 *     add sp, sp, #32
 *     ret
 * restore:
 *     mov w8, #139                // rt_sigreturn
 *     svc #0
 * words:
 *     .dword 0x2222222222222222
 * ```
 */
const FORWARD =
  "023681d20200b0f24224c09a82000036220840b95f0000716c020054e103002a84030058800040b9c000f837020080d20300805208358052010000d4c0035fd621040051220080d24220c19a84200091837c5fc8630002aa837c05c8a5ffff35c0035fd6ff7fbea9ff7f01a9e1030091020080d2030180d2c8108052010000d4ff830091c0035fd668118052010000d42222222222222222";

/*
 * notify: a signal handler that writes a byte, any byte, to a descriptor, and the way back from it.
 *
 * ```asm
 * notify:
 *     ldr w0, fd                  // the descriptor, written in when it is installed
 *     adr x1, notify
 *     mov x2, #1
 *     mov w8, #64                 // write(fd, notify, 1)
 *     svc #0
 *     ret
 * back:
 *     mov w8, #139                // rt_sigreturn
 *     svc #0
 * fd:
 *     .word 0x33333333
 * ```
 */
const NOTIFY = "00010018e1ffff10220080d208088052010000d4c0035fd668118052010000d433333333";

/** The code of aarch64. */
export const AARCH64: MachineCode = {
  elfMachine: 183,
  init: INIT,
  controlOffset: 420,
  spawn: SPAWN,
  call: CALL,
  forward: FORWARD,
  forwardWordsOffset: 144,
  restoreOffset: 136,
  notify: NOTIFY,
  notifyFdOffset: 32,
  notifyRestoreOffset: 24,
};
