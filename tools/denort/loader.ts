/**
 * The loader: the only script that Deno loads as a module. All of runt is compiled from text that lies mapped in
 * memory, which passes by the module graph (25 ms for 300 KB).
 *
 * It puts the caller's environment back by writing libc's `environ`, keeps the stub's record for
 * `ffi/start_facts.ts`, and compiles the main slice of the edition for the command that is asked for, with its code cache.
 * Without a cache, or when V8 rejects it, the slice is compiled as usual.
 *
 * @module
 */

/** Where an edition (`tools/build/editions.ts`) lies in the script. */
export interface EditionPlace {
  /** The command that it is for. */
  readonly command: string;
  /** Where it starts; places of its slices are counted from there. */
  readonly base: number;
  /** Where its main slice starts. */
  readonly main: number;
  /** Where its code cache lies in the segment. */
  readonly cache?: { readonly at: number; readonly size: number };
}

/** The edition for a command line with none of the commands in it. */
export const NO_COMMAND = "-";

/** The main slice's name in stack traces, here and in its `sourceURL`. */
export const MAIN_NAME = "runt:///main.js";

/** `w`: the record. `A`: memory as a buffer. `T`: the script's text from a place on. */
const PROLOGUE = `const D=Deno,P=D.UnsafePointer,V=D.UnsafePointerView,
A=(a,n)=>V.getArrayBuffer(P.create(a),n),
w=new BigUint64Array(A(BigInt("0x"+D.env.get("_RUNT")),96)),
T=a=>V.getCString(P.create(w[2]+BigInt(a)));
new BigUint64Array(A(w[0],8))[0]=w[1];
globalThis[Symbol.for("runt.start")]=w;
if(w[8]&1n)D.cwd=()=>{throw new D.errors.NotFound("The working directory no longer exists")};
`;

/** Picks the edition. `t`: its main slice's text. `R`: what the slice is given. `a`, `n`: where its code cache is. */
function choose(editions: readonly EditionPlace[]): string {
  const table = editions.map(({ command, main, base, cache }) =>
    `"${command}":[${[main, base, ...(cache ? [cache.at, cache.size] : [])]}]`
  );
  return `const C={__proto__:null,${table}},
[m,b,a,n]=C[D.args.find(a=>a in C)??"${editions[0]?.command}"],
t=T(m),R={readText:a=>T(b+a),importNode:s=>import(s)};
`;
}

const compile = (cache: string) =>
  `const o=prompt(),r=o.op_vm_create_script(t,"${MAIN_NAME}",0,0,${cache},false,void 0,0);`;
const RUN = "f=o.op_vm_script_run_in_context(r.value,null,-1,true,false);";

/** The loader of the executable. The first edition is taken where no other fits. */
export function makeLoader(editions: readonly EditionPlace[]): string {
  const start = `${PROLOGUE}${choose(editions)}`;
  if (editions.every(({ cache }) => cache === undefined)) return toUrl(`${start}(0,eval)(t)(R)`);
  return toUrl(`${start}let f;
if(n)try{${compile("new Uint8Array(A(w[11]+BigInt(a),n))")}${RUN}}catch{}
(f??(0,eval)(t))(R)`);
}

/**
 * The loader of the executable that makes the caches: at its exit it writes the code that was compiled until then to
 * the file `RUNT_TRAIN_OUT`. With `RUNT_TRAIN_IN` it takes a cache instead, and exits with 0 if V8 accepts it.
 */
export function makeTrainingLoader(editions: readonly EditionPlace[]): string {
  return toUrl(
    `${PROLOGUE}${choose(editions)}const E=D.env,i=E.get("RUNT_TRAIN_IN"),u=E.get("RUNT_TRAIN_OUT");
${compile("i?D.readFileSync(i):void 0")}
const x=D.exit;
if(i)x(r.cachedDataRejected?1:0);
let f;${RUN}
if(u)D.exit=c=>{D.writeFileSync(u,new Uint8Array(o.op_vm_script_create_cached_data(r.value)));x(c)};
f(R)`,
  );
}

/** What Deno is told to run. In braces, so that the loader's names are gone when the program runs. */
function toUrl(script: string): string {
  return `data:text/javascript;base64,${btoa(`{${script.replaceAll("\n", "")}}`)}`;
}
