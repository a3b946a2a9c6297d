//! Changes while a service runs.

use crate::fixture::Setup;

#[test]
fn a_reload_tells_what_it_takes_over_and_what_needs_a_restart() {
    let mut setup = Setup::shop().environment("test").file("[log]\nlevel = 'info'\n").write("token", "a1");
    setup = setup.variable("TESTUDO__DATABASE__PASSWORD_FILE", "token");
    let loaded = setup.loaded();
    let unchanged = loaded.reload().unwrap();
    assert_eq!((unchanged.changed().len(), unchanged.restart().len()), (0, 0));

    let setup = setup
        .file(
            "[log]\nlevel = 'warn'\n[server]\nport = 1\n[app]\nreturn_days = 3\n[app.mail]\nhost = \
             'h'\n[rate_limit.login]\nlimit = 1\n[cors]\norigins = ['https://a.example']\n",
        )
        .write("token", "b2");
    let reload = loaded.reload().unwrap();
    assert_eq!(reload.changed(), ["cors.origins", "log.level"]);
    assert_eq!(
        reload.restart(),
        ["app.mail.host", "app.return_days", "database.password", "rate_limit.login.limit", "server.port"]
    );
    assert_eq!(reload.reloadable().cors.origins, ["https://a.example"]);
    assert!(loaded.settings().cors.origins.is_empty(), "what runs is as it was");
    drop(setup);
}

#[test]
fn a_mistake_leaves_everything_as_it_is() {
    let setup = Setup::shop().environment("test");
    let loaded = setup.loaded();
    let _setup = setup.file("[cors]\norigins = ['https://a.example/']\n");
    let errors = loaded.reload().unwrap_err();
    assert_eq!(
        errors.to_string(),
        "testudo.toml:2: cors.origins = [\"https://a.example/\"]: `https://a.example/` is more than an origin; write \
         `https://host` or `https://host:port`, as browsers do, without a path or a slash at the end"
    );
}

#[test]
fn a_configuration_file_that_is_gone_is_a_mistake_and_not_a_return_to_the_defaults() {
    let setup = Setup::shop().environment("test").file("[server]\nport = 1\n");
    let loaded = setup.loaded();
    std::fs::remove_file(setup.folder.path().join("testudo.toml")).unwrap();
    let errors = loaded.reload().unwrap_err();
    assert_eq!(errors.to_string(), "cannot read the configuration file testudo.toml: there is no such file");
}
