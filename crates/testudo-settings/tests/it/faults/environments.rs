//! Mistakes in the sections of environments, in `.env`, and in flags.

use super::{all_say, dotenv, file};

#[test]
fn mistakes_in_sections_of_environments_are_found_in_any_environment() {
    all_say(vec![
        (
            "a wrong value in the active environment",
            file("[environments.test.server]\nport = \"eighty\"\n"),
            &["testudo.toml:2: server.port = \"eighty\": expected an integer from 0 to 65535"],
        ),
        (
            "a wrong value in another one",
            file("[environments.production.server]\nport = \"eighty\"\n"),
            &["testudo.toml:2: server.port = \"eighty\": expected an integer from 0 to 65535"],
        ),
        (
            "a misspelt key in another one",
            file("[environments.production.server]\nprot = 80\n"),
            &["testudo.toml:2: server.prot: there is no such setting; did you mean server.port?"],
        ),
        (
            "a misspelt environment",
            file("[environments.prodution.server]\nport = 80\n"),
            &["testudo.toml:1: environments.prodution: there is no such environment; did you mean \
                 environments.production?"],
        ),
        (
            "an environment that changes itself",
            file("[environments.test]\nenvironment = \"production\"\n"),
            &["testudo.toml:2: environments.test.environment: which environment it is cannot depend \
                 on the environment; set it at the top"],
        ),
        (
            "a value for an environment",
            file("environments.test = 1\n"),
            &["testudo.toml:1: environments.test: expected a table: write `[environments.test.server]`"],
        ),
        (
            "a value for the environments",
            file("environments = 1\n"),
            &["testudo.toml:1: environments: expected a table: write \
                 `[environments.production.server]` and its keys below it"],
        ),
    ]);
}

#[test]
fn mistakes_in_the_env_file_name_its_line() {
    all_say(vec![
        (
            "a text for a number",
            dotenv("# mine\nTESTUDO__SERVER__PORT=eighty\n"),
            &[".env:2: server.port = \"eighty\": expected an integer from 0 to 65535"],
        ),
        (
            "a misspelt key",
            dotenv("TESTUDO__SERVER__PROT=80\n"),
            &[".env:1: TESTUDO__SERVER__PROT: there is no such setting; did you mean \
               TESTUDO__SERVER__PORT?"],
        ),
        (
            "a line that sets nothing",
            dotenv("OTHER=1\nhunter2\n"),
            &[".env:2: expected `NAME=VALUE`, a comment after `#`, or nothing"],
        ),
        ("an open quote", dotenv("TESTUDO__ADMIN__TOKEN='hunter2\n"), &[".env:1: the quote is not closed"]),
        (
            "the environment",
            dotenv("TESTUDO__ENVIRONMENT=production\n"),
            &[".env:1: TESTUDO__ENVIRONMENT: the environment is not taken from this file, which is \
                 read in development only"],
        ),
        (
            "a secret file that does not exist",
            dotenv("TESTUDO__ADMIN__TOKEN_FILE=token\n"),
            &["TESTUDO__ADMIN__TOKEN_FILE (token): there is no such file"],
        ),
        (
            "one setting twice",
            dotenv("TESTUDO__SERVER__PORT=1\nTESTUDO__SERVER__PORT=2\n"),
            &[".env:1: server.port: TESTUDO__SERVER__PORT is set as well; keep one of them"],
        ),
    ]);
}

#[test]
fn mistakes_in_flags_name_the_flag() {
    all_say(vec![
        (
            "a text for a number",
            file("").flag("server.port", "eighty"),
            &["--set server.port = \"eighty\": expected an integer from 0 to 65535"],
        ),
        (
            "a misspelt key",
            file("").flag("server.prot", "80"),
            &["--set server.prot: there is no such setting; did you mean server.port?"],
        ),
        (
            "a section",
            file("").flag("server", "80"),
            &["--set server: this is a section; set one of its keys"],
        ),
    ]);
}
