/**
 * `runt init`: what runt starts inside a container's namespaces with `--init=self`; not for people, so that it is no
 * command with flags and help, as in runc. Its instructions come by the descriptors that the environment names, and
 * nothing of the host is touched before they are read.
 *
 * @returns the exit code, when it could not become the container's program
 */
export async function runInit(): Promise<number> {
  const { becomeContainer } = await import("../libcontainer/lifecycle/init.ts");
  return await becomeContainer();
}
