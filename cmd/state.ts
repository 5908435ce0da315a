import type { ContainerState } from "../libcontainer/lifecycle/container_state.ts";
import type { Command } from "./_command.ts";
import { orderState } from "./_container_json.ts";
import { jsonAsGo } from "./_go_format.ts";
import { printOut } from "./_print.ts";

/** `runt state`: prints the state of a container as the runtime specification has it, and what runc adds. */
export const stateCommand: Command = {
  name: "state",
  flags: {},
  operands: [1, 1],
  async run({ operands, runtime }) {
    const { readState } = await import("../libcontainer/lifecycle/state.ts");
    // No line end, as in runc.
    const print = (state: ContainerState) => jsonAsGo(orderState(state), "  ");
    const { container, state } = readState(runtime, operands[0]!);
    printOut(print(state));
    const { leaveStateAnswer } = await import("../libcontainer/lifecycle/state_worth.ts");
    await leaveStateAnswer(runtime, container, print);
    return 0;
  },
};
