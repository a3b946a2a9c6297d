//! Values that do not fit.

use super::{all_say, file};

#[test]
fn numbers_and_switches_that_do_not_fit_name_their_line() {
    all_say(vec![
        (
            "a text for a number",
            file("\n[server]\nport = \"eighty\"\n"),
            &["testudo.toml:3: server.port = \"eighty\": expected an integer from 0 to 65535"],
        ),
        (
            "a number above its range",
            file("server.port = 65536\n"),
            &["testudo.toml:1: server.port = 65536: expected an integer from 0 to 65535"],
        ),
        (
            "a number below its range",
            file("[server]\nworkers = 0\n"),
            &["testudo.toml:2: server.workers = 0: expected an integer from 1 to 1024"],
        ),
        (
            "a float for an integer",
            file("[server]\nport = 80.5\n"),
            &["testudo.toml:2: server.port = 80.5: expected an integer from 0 to 65535"],
        ),
        (
            "a number that is not finite",
            file("[trace]\nsample_ratio = nan\n"),
            &["testudo.toml:2: trace.sample_ratio: expected a finite number"],
        ),
        (
            "a ratio above one",
            file("[trace]\nsample_ratio = 1.5\n"),
            &["testudo.toml:2: trace.sample_ratio = 1.5: expected a number from 0 to 1"],
        ),
        (
            "an integer no machine holds",
            file("[server]\nport = 99999999999999999999999\n"),
            &["testudo.toml:2: server.port: expected an integer of at most 64 bits"],
        ),
        (
            "a boolean in quotes",
            file("[server]\nhttp2 = \"yes\"\n"),
            &["testudo.toml:2: server.http2 = \"yes\": expected `true` or `false`"],
        ),
    ]);
}

#[test]
fn texts_and_lists_that_do_not_fit_name_their_line() {
    all_say(vec![
        (
            "a duration without a unit",
            file("[server]\nrequest_timeout = 30\n"),
            &["testudo.toml:2: server.request_timeout = 30: expected a duration with its unit, such \
                 as `500ms`, `30s` or `5m`"],
        ),
        (
            "a duration in words",
            file("[server]\nrequest_timeout = \"long\"\n"),
            &["testudo.toml:2: server.request_timeout = \"long\": expected a duration with its unit, \
                 such as `500ms`, `30s` or `5m`"],
        ),
        (
            "a size without a unit",
            file("[server]\nmax_body_size = \"2048\"\n"),
            &["testudo.toml:2: server.max_body_size = \"2048\": expected a size with its unit, such \
                 as `16KiB` or `2MiB`"],
        ),
        (
            "an address that is none",
            file("[server]\nhost = \"localhost\"\n"),
            &["testudo.toml:2: server.host = \"localhost\": expected an address, such as `127.0.0.1` \
                 or `::`"],
        ),
        (
            "a network that is none, second in a list",
            file("[proxies]\ntrusted = [\"10.0.0.0/8\", \"10.0.0.1\"]\n"),
            &["testudo.toml:2: proxies.trusted = [\"10.0.0.0/8\", \"10.0.0.1\"]: item 2: expected a \
                 network, such as `10.0.0.0/8` or `2001:db8::/32`"],
        ),
        (
            "a word that is no choice",
            file("[log]\nlevel = \"inof\"\n"),
            &["testudo.toml:2: log.level = \"inof\": expected `error`, `warn`, `info`, `debug` or \
                 `trace`; did you mean `info`?"],
        ),
        (
            "a text for a list",
            file("[hosts]\nallowed = \"a.example.com\"\n"),
            &["testudo.toml:2: hosts.allowed = \"a.example.com\": expected a list of texts"],
        ),
        (
            "a list with too many items",
            file("[app]\ncategories = [\"books\", \"books\", \"books\", \"books\"]\n"),
            &["testudo.toml:2: app.categories = [\"books\", \"books\", \"books\", \"books\"]: \
                 expected a list of at most 3 items, each `books` or `music`"],
        ),
        (
            "an item that is no choice",
            file("[app]\ncategories = [\"books\", \"musik\"]\n"),
            &["testudo.toml:2: app.categories = [\"books\", \"musik\"]: item 2: expected `books` or \
                 `music`; did you mean `music`?"],
        ),
    ]);
}

#[test]
fn tables_that_do_not_fit_name_their_line() {
    all_say(vec![
        (
            "a value for a section",
            file("server = 80\n"),
            &["testudo.toml:1: server: expected a table: write `[server]` and its keys below it"],
        ),
        (
            "a section for a value",
            file("[server.port]\nnumber = 80\n"),
            &["testudo.toml:1: server.port = { number = 80 }: expected an integer from 0 to 65535"],
        ),
        (
            "a value under a free name",
            file("[app.shipping.at]\ncents = 1\nlargest = \"big\"\n"),
            &[
                "testudo.toml:3: app.shipping.at.largest = \"big\": expected a size with its unit, such as `16KiB` \
               or `2MiB`",
            ],
        ),
        (
            "a value that holds several lines",
            file("[log]\nformat = \"a\\nb\"\n"),
            &["testudo.toml:2: log.format = \"a\\nb\": expected `auto`, `json` or `text`"],
        ),
        (
            "a rule of the service's own",
            file("[app.window]\nfirst = 9\nlast = 8\n"),
            &["testudo.toml:2: app.window: nobody wants the first day 9 after the last day 8"],
        ),
        (
            "a rule of the service's own, beside a secret",
            file("[app.window]\nfirst = 9\nlast = 8\nowner = \"hunter2\"\n"),
            &["testudo.toml:2: app.window: its values are not accepted together; why is not shown, \
                 since one of them is secret"],
        ),
    ]);
}
