//! The examples of a documentation text, and what they use.

use proc_macro2::{TokenStream, TokenTree};

/// A code block that is run and asserts something.
#[derive(Debug)]
pub(super) struct Example(Vec<String>);

/// Whose method a name is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Owner<'a> {
    /// Of a type by this name.
    Type(&'a str),
    /// Of a trait: any type may have it, and an implementation shows it, too.
    Trait,
}

/// The examples among the code blocks of this text.
pub(super) fn examples(docs: &str) -> Vec<Example> {
    let mut found = Vec::new();
    let mut lines = docs.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.trim_start().strip_prefix("```") else { continue };
        let code: Vec<&str> =
            lines.by_ref().take_while(|line| !line.trim_start().starts_with("```")).map(shown).collect();
        if is_run(info) {
            // What does not lex is for the documentation tests to complain about.
            let tokens = code.join("\n").parse().map(flat).unwrap_or_default();
            found.push(Example(tokens));
        }
    }
    found.retain(Example::asserts);
    found
}

/// Whether a block with this info string is compiled and run.
fn is_run(info: &str) -> bool {
    let mut words = info.split([',', ' ']).filter(|word| !word.is_empty());
    words.all(|word| matches!(word, "rust" | "should_panic") || word.starts_with("edition"))
}

/// A line as the compiler gets it: `# ` only hides it from the reader.
fn shown(line: &str) -> &str {
    match line.trim_start() {
        "#" => "",
        trimmed => trimmed.strip_prefix("# ").unwrap_or(trimmed),
    }
}

fn flat(tokens: TokenStream) -> Vec<String> {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Group(group) => {
                let inner = flat(group.stream());
                [vec!["(".to_owned()], inner, vec![")".to_owned()]].concat()
            }
            other => vec![other.to_string()],
        })
        .collect()
}

impl Example {
    fn at(&self, index: Option<usize>) -> &str {
        index.and_then(|index| self.0.get(index)).map_or("", String::as_str)
    }

    /// `assert..!(..)`, `assert..(..)`, and what a call of the test kit begins with: `.status(200)`.
    fn asserts(&self) -> bool {
        self.0.iter().enumerate().any(|(index, token)| {
            let next = |step: usize| self.at(index.checked_add(step));
            let is_assertion = token.starts_with("assert") && matches!(next(1), "!" | "(");
            let is_status = token == "status" && next(1) == "(" && next(2) != ")";
            is_assertion || (is_status && self.at(index.checked_sub(1)) == ".")
        })
    }

    /// Whether it calls `name` of `owner`, names its path, or implements it for a trait.
    pub(super) fn uses(&self, name: &str, owner: Owner<'_>) -> bool {
        self.0.iter().enumerate().filter(|(_, token)| *token == name).any(|(index, _)| {
            let before = |steps: usize| self.at(index.checked_sub(steps));
            match (before(2), before(1), owner) {
                (_, ".", _) => matches!(self.at(Some(index + 1)), "(" | ":"),
                (_, "fn", Owner::Trait) | (":", ":", Owner::Trait) => true,
                (":", ":", Owner::Type(ty)) => self.qualifier(index - 2).is_some_and(|found| found == ty),
                _ => false,
            }
        })
    }

    /// The type before the `::` at `colons`, without its arguments: `Stack` in `Stack::<App>::new`.
    fn qualifier(&self, colons: usize) -> Option<&str> {
        let mut index = colons.checked_sub(1)?;
        let mut depth = 0_u32;
        loop {
            match self.at(Some(index)) {
                ">" => depth += 1,
                "<" => depth = depth.checked_sub(1)?,
                ":" => {}
                token if depth == 0 => return Some(token),
                _ => {}
            }
            index = index.checked_sub(1)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_is_run_and_asserts() {
        let cases = [
            ("an assertion", "```\nassert!(true);\n```", 1),
            ("a hidden one", "```rust\n# assert_eq!(1, 1);\n```", 1),
            ("an asserting function", "```\nassert_access_matrix(matrix, path);\n```", 1),
            ("the test kit", "```\nservice.get(\"/\").await.status(200);\n```", 1),
            ("one that panics", "```should_panic\nassert!(false);\n```", 1),
            ("two", "```\nassert!(true);\n```\ntext\n```\nassert!(true);\n```", 2),
            ("nothing asserted", "```\nlet _ = 1;\n```", 0),
            ("an accessor", "```\nproblem.status();\n```", 0),
            ("not run", "```no_run\nassert!(true);\n```", 0),
            ("not compiled", "```compile_fail\nassert!(true);\n```", 0),
            ("not Rust", "```text\nassert!(true);\n```", 0),
            ("a comment", "```\n// assert!(true);\n```", 0),
            ("no code", "assert!(true)", 0),
        ];
        for (name, docs, expected) in cases {
            assert_eq!(examples(docs).len(), expected, "{name}");
        }
    }

    #[test]
    fn a_method_is_used_by_a_call_a_path_or_an_implementation() {
        let of_type = Owner::Type("Stack");
        let cases = [
            ("a call", "stack.shield(a)", "shield", of_type, true),
            ("a call with types", "stack.get::<u8>()", "get", of_type, true),
            ("a field", "event.shield", "shield", of_type, false),
            ("a path", "map(Stack::shields)", "shields", of_type, true),
            ("a path with types", "Stack::<App, Passes![User]>::new()", "new", of_type, true),
            ("another type's", "Router::new()", "new", of_type, false),
            ("a variable", "let shield = 1;", "shield", of_type, false),
            ("a text", "\"stack.shield(a)\"", "shield", of_type, false),
            ("a function", "fn shield() {}", "shield", of_type, false),
            ("an implementation", "fn check(&self) {}", "check", Owner::Trait, true),
            ("some type's", "<() as Output>::push(1)", "push", Owner::Trait, true),
        ];
        for (title, code, name, owner, expected) in cases {
            let example = &examples(&format!("```\nassert!(true); {code}\n```"))[0];
            assert_eq!(example.uses(name, owner), expected, "{title}");
        }
    }
}
