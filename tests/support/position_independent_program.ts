/**
 * A small position-independent program for tests of what is done to Deno's executable.
 *
 * @module
 */
import { runProgram } from "./tools.ts";

/**
 * Exits with 7, which it finds by a pointer that is right only if the relative relocation was applied, or with what
 * `environ` says once the loader has filled the slot.
 */
const SOURCE = `
.intel_syntax noprefix
.globl _start
.text
_start:
    lea rax, [rip+pointer]
    mov rax, [rax]
    mov edi, [rax]
    mov eax, 60
    syscall
use:
    mov rax, [rip+environ@GOTPCREL]
    call exit@PLT
.data
.quad 0
pointer: .quad answer
answer: .long 7
.section .note.GNU-stack, "", @progbits
`;

/**
 * Links the program.
 *
 * @param withLoader whether it names a dynamic loader and libc; without, nothing applies its relocations
 * @returns its bytes
 */
export function linkProgram(directory: string, withLoader: boolean): Uint8Array<ArrayBuffer> {
  const path = (name: string) => `${directory}/${name}`;
  const text = withLoader ? SOURCE : SOURCE.replace(/^use:.*?(?=\.data)/ms, "");
  Deno.writeTextFileSync(path("in.s"), text);
  runProgram("as", ["-o", path("in.o"), path("in.s")]);
  const libc = runProgram("gcc", ["-print-file-name=libc.so.6"]).trim();
  const loader = withLoader
    ? ["-dynamic-linker", "/lib64/ld-linux-x86-64.so.2", libc]
    : ["--no-dynamic-linker"];
  const style = ["-pie", "-z", "norelro", "-z", "lazy", "--hash-style=gnu"];
  runProgram("ld", [...style, "-o", path("program"), path("in.o"), ...loader]);
  return Deno.readFileSync(path("program"));
}

/** Runs an executable's bytes; returns the exit code. */
export function runImage(directory: string, bytes: Uint8Array): number {
  const path = `${directory}/image`;
  Deno.writeFileSync(path, bytes, { mode: 0o755 });
  return new Deno.Command(path).outputSync().code;
}
