//! The README does not promise what the program does not do.

use std::process::Command;

use super::{DEVELOPMENT, FREE_PORT, process::Running};

const README: &str = include_str!("../../../../../README.md");

/// The lines of the first block in the README that is marked with this word.
fn block(mark: &str) -> Vec<&'static str> {
    let fence = format!("```{mark}");
    let lines = README.lines().skip_while(|line| *line != fence).skip(1);
    lines.take_while(|line| *line != "```").collect()
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
        let printed = String::from_utf8(curl.stdout).expect("text");
        assert_eq!(printed.trim_end(), lines[at + 1..end].join("\n").trim_end(), "{command}");
    }
}

#[test]
fn the_access_matrix_of_the_readme_is_what_the_program_prints_first() {
    let program = Running::start(&[DEVELOPMENT, FREE_PORT]);
    let printed: Vec<&str> = program.greeting().lines().map(str::trim_end).collect();
    let promised = block("text");
    assert_eq!(printed[..promised.len()], promised);
}
