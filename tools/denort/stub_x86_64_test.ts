import { assert, assertEquals } from "@std/assert";
import { assemble, readListings } from "../../tests/support/assemble.ts";
import { skipWithout } from "../../tests/support/tools.ts";
import { TABLE } from "./segment.ts";
import { STUB_X86_64 } from "./stub_x86_64.ts";

Deno.test({
  name: "the entry stub is its listing, assembled",
  ignore: Deno.build.arch !== "x86_64" || skipWithout("entry stub, assembled", "as", "objcopy"),
  fn: () => {
    const listings = readListings(new URL("./stub_x86_64.ts", import.meta.url));
    assertEquals(listings.map(({ name }) => name), ["STUB"]);
    assertEquals(assemble("", listings[0]!.text), STUB_X86_64);
    assert(
      listings[0]!.text.includes(`.set TABLE, ${TABLE} `),
      "listing and segment.ts have the table elsewhere",
    );
  },
});
