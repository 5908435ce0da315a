/**
 * Lint rules of our own: each stops a class of bug that has cost this project, or other runtimes, dearly.
 *
 * `deno lint` runs them (deno.json names this file), and `tests/house_test.ts` does on the whole tree.
 *
 * @module
 */

type Context = Deno.lint.RuleContext;
type Node = Deno.lint.Node;

const ROOT = new URL("..", import.meta.url).pathname;

/** What a file is to the rules, and its path below the project's folder. */
function areaOf({ filename }: Context): { path: string; isTest: boolean; isProduct: boolean } {
  const path = filename.startsWith(ROOT) ? filename.slice(ROOT.length) : filename;
  const isTest = path.startsWith("tests/") || path.endsWith("_test.ts");
  return { path, isTest, isProduct: !isTest && /^(cmd\/|libcontainer\/|ffi\/|main\.ts$)/.test(path) };
}

/** What of `Deno` reaches machine code and memory. */
const FOREIGN = /^(dlopen|Unsafe\w+)$/;

/** Whether an expression is a container's root directory: `rootfs`, `config.rootfs`, `this.#rootfs`, … */
function isRootfs(node: Node): boolean {
  if (node.type === "Identifier" || node.type === "PrivateIdentifier") {
    return /^rootfs(Path)?$/i.test(node.name);
  }
  if (node.type === "MemberExpression") return isRootfs(node.property);
  return node.type === "TSNonNullExpression" && isRootfs(node.expression);
}

/** A string's value, when it is written out. */
function textOf(node: Node | undefined): string | undefined {
  if (node?.type === "Literal") return typeof node.value === "string" ? node.value : undefined;
  if (node?.type === "TemplateLiteral") return node.quasis.map(({ cooked }) => cooked).join("…");
  if (node?.type === "BinaryExpression" && node.operator === "+") return textOf(node.right);
  return undefined;
}

const rules: Record<string, Deno.lint.Rule> = {
  "no-dlopen-outside-ffi": {
    create: (context) => {
      const { path, isTest } = areaOf(context);
      if (isTest || path.startsWith("ffi/")) return {};
      return {
        MemberExpression: (node) => {
          if (node.object.type !== "Identifier" || node.object.name !== "Deno") return;
          if (node.property.type !== "Identifier" || !FOREIGN.test(node.property.name)) return;
          context.report({
            node,
            message: `Deno.${node.property.name} outside ffi/`,
            hint: "Machine code and raw memory stay in one place: add what is missing to ffi/",
          });
        },
      };
    },
  },
  "no-packages-on-the-hot-path": {
    create: (context) => {
      if (!areaOf(context).isProduct) return {};
      const check = (
        node: Deno.lint.ImportDeclaration | Deno.lint.ExportAllDeclaration | Deno.lint.ExportNamedDeclaration,
      ) => {
        const specifier = textOf(node.source ?? undefined);
        const isType = "importKind" in node && node.importKind === "type";
        if (specifier === undefined || isType || /^\.{0,2}\//.test(specifier)) return;
        context.report({
          node,
          message: `"${specifier}" is imported at start-up`,
          hint:
            "It costs milliseconds at every start: use Deno's own functions, or import() it where it is needed",
        });
      };
      return { ImportDeclaration: check, ExportAllDeclaration: check, ExportNamedDeclaration: check };
    },
  },
  "no-rootfs-string-path": {
    create: (context) => {
      const { path, isProduct } = areaOf(context);
      // What resolves the root directory itself, before any container runs in it.
      if (!isProduct || path.startsWith("libcontainer/rootfs/prepare")) return {};
      const report = (node: Node) =>
        context.report({
          node,
          message: "A path into the container's root directory made of strings",
          hint:
            "Whoever writes there can make it lead elsewhere: open it with openat2(RESOLVE_IN_ROOT), use the descriptor",
        });
      return {
        TemplateLiteral: (node) => {
          node.expressions.forEach((expression, i) => {
            // One in quotation marks is there to be read.
            const isShown = node.quasis[i]?.cooked.endsWith('"');
            if (isRootfs(expression) && !isShown && node.quasis[i + 1]?.cooked.startsWith("/")) report(node);
          });
        },
        BinaryExpression: (node) => {
          if (node.operator === "+" && isRootfs(node.left)) report(node);
        },
        CallExpression: (node) => {
          const { callee } = node;
          const name = callee.type === "Identifier"
            ? callee.name
            : callee.type === "MemberExpression" && callee.property.type === "Identifier"
            ? callee.property.name
            : "";
          const [first, second] = node.arguments;
          if (/^(join|resolve)(Path)?s?$/.test(name) && first && second && isRootfs(first)) report(node);
        },
      };
    },
  },
  "error-message-grammar": {
    create: (context) => {
      const { isProduct } = areaOf(context);
      if (!isProduct) return {};
      const check = (node: Node | undefined, what: string) => {
        const text = textOf(node);
        if (node && text?.endsWith(".") && !text.endsWith("...")) {
          context.report({
            node,
            message: `${what} ends with a full stop`,
            hint: "Say action, object, state",
          });
        }
      };
      return {
        NewExpression: (node) => {
          if (node.callee.type !== "Identifier" || !/Error$/.test(node.callee.name)) return;
          node.arguments.forEach((argument) => check(argument, "The message of an error"));
          for (const argument of node.arguments) {
            if (argument.type !== "ObjectExpression") continue;
            for (const property of argument.properties) {
              if (property.type === "Property") check(property.value, "The hint of an error");
            }
          }
        },
      };
    },
  },
};

/** The rules, as `deno lint` takes them. */
const plugin: Deno.lint.Plugin = { name: "runt", rules };
export default plugin;
