//! The README does not promise what the program does not do.

use std::process::Command;

use super::{
    DEVELOPMENT, FREE_PORT,
    process::{Running, run_in},
};
use crate::support::Place;

const README: &str = include_str!("../../../../../README.md");

/// The lines of the first block in the README that is marked with this word.
fn block(mark: &str) -> Vec<&'static str> {
    let fence = format!("```{mark}");
    let lines = README.lines().skip_while(|line| *line != fence).skip(1);
    lines.take_while(|line| *line != "```").collect()
}

/// The id that the README shows in place of those that requests have.
const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

fn with_id_of_readme(printed: &str) -> String {
    let member = "\"request_id\":\"";
    let Some((before, rest)) = printed.split_once(member) else { return printed.to_owned() };
    format!("{before}{member}{ID}{}", &rest[ID.len()..])
}

#[test]
fn every_curl_line_of_the_readme_works_as_printed() {
    let program = Running::start(&[DEVELOPMENT, FREE_PORT]);
    let lines = block("console");
    let commands: Vec<usize> = (0..lines.len()).filter(|line| lines[*line].starts_with("$ curl ")).collect();
    assert!(commands.len() > 5, "the README shows how to talk to the catalogue");
    for (index, at) in commands.iter().enumerate() {
        let end = commands.get(index + 1).copied().unwrap_or(lines.len());
        let command = lines[*at].trim_start_matches("$ ");
        let here = command.replace("127.0.0.1:8000", &program.address().to_string());
        let curl = Command::new("sh").args(["-c", &format!("{here} --silent")]).output().expect("a shell");
        let printed = with_id_of_readme(&String::from_utf8(curl.stdout).expect("text"));
        assert_eq!(printed.trim_end(), lines[at + 1..end].join("\n").trim_end(), "{command}");
    }
}

#[test]
fn the_production_file_of_the_readme_is_fit_for_production() {
    let place = Place::new();
    // The first block is of a manifest.
    let file = README
        .split("```toml")
        .find(|block| block.contains("[hosts]"))
        .and_then(|block| block.split("```").next());
    std::fs::write(place.path().join("testudo.toml"), file.expect("a file")).expect("a folder");
    let ended = run_in(place.path(), &["config", "check"], &[]);
    let expected = (0, "the configuration is fit for production\n", "");
    assert_eq!((ended.code, ended.stdout.as_str(), ended.stderr.as_str()), expected);
}

#[test]
fn the_access_matrix_of_the_readme_is_what_the_program_prints_first() {
    let program = Running::start(&[DEVELOPMENT, FREE_PORT]);
    let printed: Vec<&str> = program.greeting().lines().map(str::trim_end).collect();
    let promised = block("text");
    assert_eq!(printed[..promised.len()], promised);
}
