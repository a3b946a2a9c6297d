//! Mistakes in sections under a name.

use super::{all_say, file};

#[test]
fn mistakes_in_named_sections_are_found_though_nobody_asks_for_them() {
    all_say(vec![
        (
            "a misspelt key",
            file("[rate_limit.login]\nlimit = 1\nperoid = \"1m\"\n"),
            &["testudo.toml:3: rate_limit.login.peroid: there is no such setting; did you mean \
                 rate_limit.login.period?"],
        ),
        (
            "a missing key",
            file("[rate_limit.login]\nperiod = \"1m\"\n"),
            &["rate_limit.login.limit: missing; set it in testudo.toml or with \
                 TESTUDO__RATE_LIMIT__LOGIN__LIMIT: an integer from 1 to 4294967295"],
        ),
        (
            "an empty section",
            file("[rate_limit.login]\n"),
            &["rate_limit.login.limit: missing; set it in testudo.toml or with \
                 TESTUDO__RATE_LIMIT__LOGIN__LIMIT: an integer from 1 to 4294967295"],
        ),
        (
            "a value out of range",
            file("[rate_limit.login]\nlimit = 0\n"),
            &["testudo.toml:2: rate_limit.login.limit = 0: expected an integer from 1 to 4294967295"],
        ),
        (
            "a value that its type refuses",
            file("[rate_limit.login]\nlimit = 1\nperiod = \"soon\"\n"),
            &["testudo.toml:3: rate_limit.login.period = \"soon\": expected a duration with its unit, \
                 such as `500ms`, `30s` or `5m`"],
        ),
        (
            "a value for a section",
            file("[rate_limit]\nlogin = 5\n"),
            &["testudo.toml:2: rate_limit.login: expected a table: write `[rate_limit.login]` and its \
                 keys below it"],
        ),
        (
            "a kind that nobody registered",
            file("[rate_limits.login]\nlimit = 1\n"),
            &["testudo.toml:1: rate_limits: there is no such setting; did you mean rate_limit?"],
        ),
        (
            "a section inside a section",
            file("[hmac.hooks]\nkey = \"a\"\n[hmac.hooks.github]\nkey = \"b\"\n"),
            &["testudo.toml:3: hmac.hooks.github: there is no such setting"],
        ),
        (
            "a misspelt key in a variable",
            file("[rate_limit.login]\nlimit = 1\n").variable("TESTUDO__RATE_LIMIT__LOGIN__LIMTI", "5"),
            &["TESTUDO__RATE_LIMIT__LOGIN__LIMTI: there is no such setting; did you mean \
                 TESTUDO__RATE_LIMIT__LOGIN__LIMIT?"],
        ),
    ]);
}
