import { assert, assertEquals } from "@std/assert";
import { assemble, readListings } from "../../tests/support/assemble.ts";
import { skipWithout } from "../../tests/support/tools.ts";
import { ANSWER_RUN_X86_64 } from "./answer_run_x86_64.ts";
import { ANSWER_FIND_X86_64 } from "./answer_x86_64.ts";
import { ANSWER, TABLE } from "./segment.ts";
import { STUB_X86_64 } from "./stub_x86_64.ts";

Deno.test({
  name: "the entry stub is its listing, assembled",
  ignore: Deno.build.arch !== "x86_64" || skipWithout("entry stub, assembled", "as", "objcopy"),
  fn: () => {
    const listings = readListings(new URL("./stub_x86_64.ts", import.meta.url));
    assertEquals(listings.map(({ name }) => name), ["STUB"]);
    assertEquals(assemble("", listings[0]!.text), STUB_X86_64);
    for (const line of [`.set ANSWER, ${ANSWER} `, `.set TABLE, ${TABLE}\n`]) {
      assert(listings[0]!.text.includes(line), `listing and segment.ts differ: ${line}`);
    }
  },
});

Deno.test({
  name: "the answer routine is its listing, assembled",
  ignore: Deno.build.arch !== "x86_64" || skipWithout("answer routine, assembled", "as", "objcopy"),
  fn: () => {
    for (const [file, name, code] of [["", "FIND", ANSWER_FIND_X86_64], ["_run", "RUN", ANSWER_RUN_X86_64]]) {
      const listings = readListings(new URL(`./answer${file}_x86_64.ts`, import.meta.url));
      assertEquals(listings.map(({ name }) => name), [name!]);
      assertEquals(assemble("", listings[0]!.text), code);
    }
  },
});
