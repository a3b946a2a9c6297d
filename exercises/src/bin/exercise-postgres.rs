//! A Postgres that does what it is told, line by line on its standard input: `freeze`, `thaw`, `stop`, `start`,
//! `standby`, `promote`, `sql STATEMENT`. It says where it is, and then `done` for every line.
#![expect(clippy::print_stdout, reason = "it answers on its standard output")]

use std::io::{BufRead, stdin};

use anyhow::{Context, Result, bail};
use testudo_testkit::Postgres;

fn main() -> Result<()> {
    let server = Postgres::start().context("PostgreSQL does not start")?;
    let mut standby: Option<Postgres> = None;
    println!("{}", server.address());
    for line in stdin().lock().lines() {
        let line = line?;
        match line.split_once(' ').unwrap_or((&line, "")) {
            ("freeze", _) => server.freeze(),
            ("thaw", _) => server.thaw(),
            ("stop", _) => server.stop(),
            ("start", _) => server.start_again(),
            ("standby", _) => println!("{}", standby.insert(server.standby()?).address()),
            ("promote", _) => standby.as_ref().context("there is no standby")?.promote(),
            ("sql", statement) => println!("{}", server.execute("postgres", statement)),
            _ => bail!("{line:?} is nothing it can do"),
        }
        println!("done");
    }
    Ok(())
}
