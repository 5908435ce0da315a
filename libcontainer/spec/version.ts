/** Version of the runtime specification that runt implements; `state` and `features` say it, as runc says its own. */
export const SPEC_VERSION = "1.3.0";
