"""Python's collector of rings, which looks at every object that lives: seldom at what stays."""

import gc


def leave_out_what_stays() -> None:
    """Collect once, then leave everything that is loaded by now out of later full collections.

    A full collection over engine, providers, stylesheets and the nine screens takes a tenth of a
    second and more: a key would wait for it. Called again after each of them is loaded, it looks at
    what is new only. Only for a process that is the wizard: what is left out is never freed.
    """
    gc.collect()
    gc.freeze()
