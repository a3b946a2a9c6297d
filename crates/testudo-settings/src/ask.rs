//! What can be said of a configuration without loading it.

use schemars::JsonSchema;

use crate::{
    answer::{self, Differences, SideOf},
    environment::Environment,
    error::SettingsErrors,
    gather::gather_file,
    load::Loader,
    shapes::Shapes,
};

impl Loader {
    /// The JSON Schema (2020-12) of the configuration file, sorted. Sections that a reload takes over carry
    /// `x-reloadable`.
    ///
    /// ```
    /// use testudo_settings::{Loader, NoApp};
    ///
    /// let schema = Loader::new().schema::<NoApp>();
    /// assert_eq!(schema["$defs"]["server"]["properties"]["port"]["maximum"], 65_535);
    /// assert_eq!(schema["$defs"]["log"]["x-reloadable"], true);
    /// ```
    pub fn schema<A: JsonSchema>(&self) -> serde_json::Value {
        answer::schema(&Shapes::of::<A>(&self.kinds))
    }

    /// A configuration file with every setting, its documentation and its default, switched off by a `#`. Sorted.
    /// Sections that are [wanted](Self::wants) stand in it under their names.
    ///
    /// ```
    /// use testudo_settings::{Loader, NoApp};
    ///
    /// let sample = Loader::new().sample::<NoApp>();
    /// assert!(sample.contains("# Port to listen on; `0` takes a free one.\n#port = 8000\n"));
    /// ```
    pub fn sample<A: JsonSchema>(&self) -> String {
        answer::sample(&Shapes::of::<A>(&self.kinds), |kind| self.wanted_names(kind))
    }

    /// How two environments differ by what the configuration file says; variables and flags are not asked.
    ///
    /// ```
    /// use testudo_settings::{Environment, Loader, NoApp};
    ///
    /// let (staging, production) = (Environment::Staging, Environment::Production);
    /// let differences = Loader::new().working_dir("/nowhere").diff::<NoApp>(staging, production).unwrap();
    /// assert!(differences.is_empty());
    /// ```
    ///
    /// # Errors
    ///
    /// What is wrong in the file.
    pub fn diff<A: JsonSchema>(
        &self,
        one: Environment,
        other: Environment,
    ) -> Result<Differences, SettingsErrors> {
        let shapes = Shapes::of::<A>(&self.kinds);
        let [ones, others] = [one, other].map(|environment| gather_file(&self.inputs, &shapes, environment));
        let errors = [ones.mistakes.errors, others.mistakes.errors].concat();
        if !errors.is_empty() {
            return Err(SettingsErrors::new(errors));
        }
        let one = SideOf { environment: one, places: &ones.places.all, tree: &ones.tree };
        let other = SideOf { environment: other, places: &others.places.all, tree: &others.tree };
        Ok(answer::diff(&one, &other))
    }
}
