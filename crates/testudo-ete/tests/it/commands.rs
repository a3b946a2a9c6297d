//! What a service is asked on its command line, beside serving.

use crate::fixture::Setup;

#[test]
fn a_service_has_commands_of_its_own_wherever_they_were_added() {
    let setup = Setup::new("");
    for (line, expected) in
        [(&["migrate"][..], "there is nothing to migrate\n"), (&["echo", "a", "--b", "c"], "a --b c\n")]
    {
        let output = setup.run(line);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{line:?}: {text}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{line:?}");
    }
    let help = setup.run(&["--help"]);
    assert!(String::from_utf8_lossy(&help.stdout).contains("echo         Says its arguments"));
}
