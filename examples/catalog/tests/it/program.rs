//! The program as an operator meets it: sentences, exit codes and signals.

mod process;
mod readme;

use std::{fs, net::TcpListener};

#[cfg(target_os = "linux")]
use process::Starting;
use process::{Running, run, run_in};

use crate::support::Place;

const DEVELOPMENT: (&str, &str) = ("TESTUDO__ENVIRONMENT", "development");
const STAGING: (&str, &str) = ("TESTUDO__ENVIRONMENT", "staging");
const HOSTS: (&str, &str) = ("TESTUDO__HOSTS__ALLOWED", "shop.example.com");
const FREE_PORT: (&str, &str) = ("TESTUDO__SERVER__PORT", "0");

#[test]
fn it_refuses_to_start_with_a_sentence_for_everything_that_is_wrong() {
    struct Case {
        name: &'static str,
        variables: &'static [(&'static str, &'static str)],
        expected: &'static [&'static str],
    }
    let cases = [
        Case {
            name: "no environment",
            variables: &[],
            expected: &[
                "error: environment: missing; set TESTUDO__ENVIRONMENT, or `environment` in testudo.toml",
            ],
        },
        Case {
            name: "misspelt environment",
            variables: &[("TESTUDO__ENVIRONMENT", "devlopment")],
            expected: &["TESTUDO__ENVIRONMENT = \"devlopment\"", "did you mean `development`?"],
        },
        Case {
            name: "bad port",
            variables: &[DEVELOPMENT, ("TESTUDO__SERVER__PORT", "80000")],
            expected: &["TESTUDO__SERVER__PORT = 80000: expected an integer from 0 to 65535"],
        },
        Case {
            name: "unknown variable",
            variables: &[DEVELOPMENT, ("TESTUDO__SERVER__PROT", "8000")],
            expected: &[
                "TESTUDO__SERVER__PROT: there is no such setting; did you mean TESTUDO__SERVER__PORT?",
            ],
        },
        Case {
            name: "everything",
            variables: &[
                ("TESTUDO__SERVER__PROT", "1"),
                ("TESTUDO__SERVER__PORT", "x"),
                ("TESTUDO__LOG__LEVEL", "x"),
            ],
            expected: &[
                "4 things are wrong with the configuration:",
                "\nenvironment: missing",
                "\nTESTUDO__SERVER__PROT:",
                "\nTESTUDO__SERVER__PORT = \"x\"",
                "\nTESTUDO__LOG__LEVEL = \"x\"",
            ],
        },
        Case {
            name: "another kind of database",
            variables: &[DEVELOPMENT, FREE_PORT, ("TESTUDO__DATABASE__URL", "mysql://user:secret@db/x")],
            expected: &[
                "TESTUDO__DATABASE__URL: the URL starts neither with `sqlite://` nor with `postgres://`",
            ],
        },
    ];
    for case in cases {
        let ended = run(&["serve"], case.variables);
        assert_eq!(ended.code, 2, "{}: {}", case.name, ended.stderr);
        for expected in case.expected {
            assert!(ended.stderr.contains(expected), "{}: {}", case.name, ended.stderr);
        }
        assert!(!ended.stderr.contains("secret") && !ended.stderr.contains('\u{1b}'), "{}", ended.stderr);
    }
}

#[test]
fn a_busy_port_is_one_sentence_with_the_fix() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ended = run(&[], &[DEVELOPMENT, ("TESTUDO__SERVER__PORT", &port)]);
    assert_eq!(ended.code, 2);
    let expected = format!(
        "error: port {port} on 127.0.0.1 is in use: stop what listens there, or choose another port with \
         `server.port` (0 for a free one)"
    );
    assert!(ended.stderr.starts_with(&expected), "{}", ended.stderr);
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
}

#[test]
fn an_unknown_command_gets_a_suggestion() {
    for (arguments, expected) in [
        (["rotues"].as_slice(), "a similar subcommand exists: 'routes'"),
        (&["--verison"], "a similar argument exists: '--version'"),
        (&["routes", "--yaml"], "unexpected argument '--yaml' found"),
    ] {
        let ended = run(arguments, &[DEVELOPMENT]);
        assert_eq!(ended.code, 2, "{arguments:?}");
        assert!(ended.stderr.contains(expected), "{arguments:?}: {}", ended.stderr);
    }
}

#[test]
fn routes_needs_neither_environment_nor_database() {
    let folder = Place::new();
    let ended = run_in(folder.path(), &["routes"], &[]);
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    assert!(ended.stdout.starts_with("METHOD  PATH"), "{}", ended.stdout);
    assert_eq!(ended.stdout.lines().count(), 10, "{}", ended.stdout);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

    let ended = run(&["routes", "--json"], &[]);
    let routes: Vec<serde_json::Value> = serde_json::from_str(&ended.stdout).unwrap();
    let delete = routes.iter().find(|route| route["method"] == "DELETE").unwrap();
    assert_eq!(delete["path"], "/products/{id}");
    assert_eq!(delete["shields"][1]["name"], "Admin");
}

#[test]
fn help_and_version_need_nothing() {
    let help = run(&["--help"], &[]);
    assert_eq!((help.code, help.stderr.as_str()), (0, ""));
    for expected in
        ["Usage: catalog [OPTIONS] [COMMAND]", "TESTUDO__SERVER__PORT", "Exit codes:", "healthcheck"]
    {
        assert!(help.stdout.contains(expected), "{}", help.stdout);
    }
    let version = run(&["--version"], &[]);
    assert_eq!((version.code, version.stdout.as_str()), (0, "catalog 0.1.0 (testudo 0.1.0)\n"));
}

#[test]
fn migrate_makes_the_tables_and_seeds_nothing() {
    let folder = Place::new();
    for _ in 0..2 {
        let url = ("TESTUDO__DATABASE__URL", "sqlite://catalog.db");
        let ended = run_in(folder.path(), &["migrate"], &[STAGING, HOSTS, url]);
        let expected = (0, "the database is up to date: version 1\n");
        assert_eq!((ended.code, ended.stdout.as_str()), expected, "{}", ended.stderr);
        assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
        assert!(ended.stderr.contains("the database is open"), "{}", ended.stderr);
        assert!(ended.stderr.contains("catalog.db"), "{}", ended.stderr);
    }
    let disk = folder.bytes();
    assert!(disk.windows(8).any(|bytes| bytes == b"products"));
    assert!(!disk.windows(6).any(|bytes| bytes == b"Laptop"));
}

#[test]
fn where_others_depend_on_it_the_place_of_the_data_is_told() {
    for environment in ["staging", "production"] {
        let folder = Place::new();
        for command in ["serve", "migrate"] {
            let variables = [("TESTUDO__ENVIRONMENT", environment), HOSTS, FREE_PORT];
            let ended = run_in(folder.path(), &[command], &variables);
            let expected =
                format!("error: {environment} needs to be told where data is kept: set `database.url`");
            assert_eq!(ended.code, 2, "{environment}, {command}: {}", ended.stderr);
            assert!(ended.stderr.starts_with(&expected), "{environment}, {command}: {}", ended.stderr);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "no file was made");
    }
}

#[test]
fn a_database_that_cannot_be_used_is_one_sentence_with_the_fix() {
    let folder = Place::new();
    fs::write(
        folder.path().join("text.db"),
        "this is no database, and it is longer than a header".repeat(20),
    )
    .unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    fs::create_dir(folder.path().join("folder.db")).unwrap();
    damaged_database(&folder);
    let unwritable = "cannot be opened: its folder has to exist and to be writable, with space left; choose \
                      another place with TESTUDO__DATABASE__URL";
    let corrupt =
        "is corrupt, or no SQLite database: restore a backup, or move it away to start with an empty one";
    for (name, url, expected) in [
        ("missing folder", "sqlite://nowhere/catalog.db", unwritable),
        ("folder that is a file", "sqlite://file/catalog.db", unwritable),
        ("file that is a folder", "sqlite://folder.db", unwritable),
        #[cfg(target_os = "linux")]
        ("folder that nobody may write to", "sqlite:///proc/catalog.db", unwritable),
        ("text", "sqlite://text.db", corrupt),
        ("damaged pages", "sqlite://damaged.db", corrupt),
    ] {
        for command in ["serve", "migrate"] {
            let variables = [DEVELOPMENT, FREE_PORT, ("TESTUDO__DATABASE__URL", url)];
            let ended = run_in(folder.path(), &[command], &variables);
            assert_eq!(ended.code, 2, "{name}: {}", ended.stderr);
            assert_eq!(ended.stderr.lines().count(), 1, "{name}: {}", ended.stderr);
            let file = url.trim_start_matches("sqlite://");
            let start = format!("error: the database {file} {expected} (");
            assert!(ended.stderr.starts_with(&start), "{name}: {}", ended.stderr);
        }
    }
}

/// A database whose header is right and whose other pages are not.
fn damaged_database(folder: &Place) {
    let url = ("TESTUDO__DATABASE__URL", "sqlite://damaged.db");
    assert_eq!(run_in(folder.path(), &["migrate"], &[DEVELOPMENT, url]).code, 0);
    let file = folder.path().join("damaged.db");
    let mut bytes = fs::read(&file).unwrap();
    bytes[4_096..].fill(0xa5);
    fs::write(&file, bytes).unwrap();
}

#[test]
fn first_it_prints_who_may_call_what_and_then_where_to_go() {
    let running = Running::start(&[DEVELOPMENT, FREE_PORT]);
    let lines: Vec<_> = running.greeting().lines().collect();
    assert!(lines[0].starts_with("METHOD  PATH"), "{lines:?}");
    assert!(
        lines.iter().any(|line| line.contains("DELETE  /products/{id}       API Token > Admin")),
        "{lines:?}"
    );
    let last = lines.last().unwrap();
    assert!(last.starts_with("listening on http://127.0.0.1:"), "{lines:?}");
    assert!(last.ends_with("; Ctrl-C or SIGTERM stops it"), "{lines:?}");
    assert!(last.contains("(development); operators at http://127.0.0.1:"), "{lines:?}");
    assert!(
        running
            .ask("GET /products/1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            .starts_with("HTTP/1.1 200")
    );
}

#[cfg(unix)]
mod signals {
    use super::*;

    const UPLOAD: &str = "POST /products HTTP/1.1\r\nhost: x\r\nx-api-token: admin_token\r\n\
                          content-type: application/json\r\ncontent-length: 64\r\nexpect: 100-continue\r\n\r\n";
    const CONTENT: &str = r#"{"name":"Mug","description":"Blue","price":3,"category":"none"}  "#;

    #[test]
    fn a_request_in_flight_is_finished() {
        for signal in ["INT", "TERM"] {
            let mut running = Running::start(&[DEVELOPMENT, FREE_PORT]);
            let mut upload = running.connect();
            upload.send(UPLOAD);
            // The handler has asked for the content: the request is in flight.
            assert!(upload.read_until("\r\n\r\n").starts_with("HTTP/1.1 100"));
            running.signal(signal);
            running.wait_for("no longer accepting");
            assert!(running.refuses_connections());
            upload.send(&CONTENT[..64]);
            assert!(upload.read_to_end().starts_with("HTTP/1.1 201"));
            assert_eq!(running.code(), 0, "{signal}");
        }
    }

    #[test]
    fn a_second_signal_cuts_off_what_is_left() {
        let mut running = Running::start(&[DEVELOPMENT, FREE_PORT]);
        let mut upload = running.connect();
        upload.send(UPLOAD);
        assert!(upload.read_until("\r\n\r\n").starts_with("HTTP/1.1 100"));
        running.signal("TERM");
        running.wait_for("no longer accepting");
        running.signal("TERM");
        assert_eq!(running.code(), 3);
    }

    /// The start is slow because somebody else holds the database.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_start_that_takes_long_can_be_stopped() {
        use sqlx::{Connection, SqliteConnection};

        let folder = Place::new();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("catalog.db").display());
        let mut other = SqliteConnection::connect(&url).await.unwrap();
        sqlx::query("BEGIN EXCLUSIVE").execute(&mut other).await.unwrap();

        let starting = Starting::start(folder.path(), &[DEVELOPMENT, FREE_PORT]);
        starting.wait_until_it_handles_signals();
        starting.signal("TERM");
        let ended = starting.end();
        assert_eq!((ended.code, ended.stderr.as_str()), (1, "error: stopped before it was ready\n"));
    }

    #[test]
    fn clients_that_ask_nothing_hold_nothing_up() {
        let mut running = Running::start(&[DEVELOPMENT, FREE_PORT]);
        let _silent = running.connect();
        let mut idle = running.connect();
        idle.send("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
        assert!(idle.read_until("}").starts_with("HTTP/1.1 200"));
        running.signal("INT");
        assert_eq!(running.code(), 0);
    }
}

#[cfg(unix)]
#[test]
fn on_a_full_disk_nothing_is_acknowledged_that_is_not_stored() {
    let program = Running::start_on_a_small_disk(400, &[DEVELOPMENT, FREE_PORT]);
    let content =
        format!(r#"{{"name":"Box","description":"{}","price":1,"category":"storage"}}"#, "x".repeat(900));
    let length = content.len();
    let post = format!(
        "POST /products HTTP/1.1\r\nhost: test\r\nx-api-token: admin_token\r\ncontent-type: application/json\r\n\
         connection: close\r\ncontent-length: {length}\r\n\r\n{content}"
    );
    let mut stored = Vec::new();
    let refused = loop {
        let answer = program.ask(&post);
        let location = answer.lines().find_map(|line| line.strip_prefix("location: "));
        match location {
            Some(location) if answer.starts_with("HTTP/1.1 201") => stored.push(location.to_owned()),
            _ => break answer,
        }
        assert!(stored.len() < 1_000, "the disk is not full yet");
    };
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    assert!(!stored.is_empty());
    for location in stored {
        let get = format!("GET {location} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
        let answer = program.ask(&get);
        assert!(answer.starts_with("HTTP/1.1 200"), "{location}: {answer}");
    }
}

#[test]
fn behind_a_proxy_each_client_has_attempts_of_its_own() {
    let service = Running::start(&[DEVELOPMENT, FREE_PORT, ("TESTUDO__PROXIES__TRUSTED", "127.0.0.0/8")]);
    let attempt = |client: &str| {
        service.ask(&format!(
            "POST /token HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: {client}\r\nconnection: close\r\n\r\n"
        ))
    };
    let is_slowed_down = |answer: &str| answer.starts_with("HTTP/1.1 429");
    let attempts: Vec<_> = (0..31).map(|n| attempt(&format!("2001:db8::{n}"))).collect();
    assert!(!attempts[..30].iter().any(|answer| is_slowed_down(answer)));
    assert!(is_slowed_down(&attempts[30]), "one subscriber has them all: {}", attempts[30]);
    assert!(!is_slowed_down(&attempt("203.0.113.7")), "another waits for nobody");
}
