//! Reads all layers and merges them.

use std::{
    collections::BTreeSet,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use crate::{
    disk,
    environment::Environment,
    error::SettingsError,
    key::Key,
    layer::{
        ConfigurationFile, DotEnv, Layer, Located, NearMiss, Setter, Variables, ambiguous, flags, locate,
        near_misses, process, strangers,
    },
    settle::Mistakes,
    shapes::{Places, Shapes},
    source::Source,
    tree::Tree,
};

/// Where values are looked for.
#[derive(Clone)]
pub(crate) struct Inputs {
    pub(crate) config: Option<PathBuf>,
    pub(crate) working_dir: PathBuf,
    pub(crate) variables: Vec<(OsString, OsString)>,
    pub(crate) flags: Vec<(String, String)>,
}

/// All that the layers say.
pub(crate) struct Gathered {
    pub(crate) places: Places,
    pub(crate) tree: Tree,
    pub(crate) mistakes: Mistakes,
    /// Where the service runs, if that is said.
    pub(crate) environment: Option<Environment>,
    /// The configuration file.
    pub(crate) file: Option<PathBuf>,
    /// Whether the file could be read at all. If not, nothing can be said of what is missing.
    pub(crate) is_sound: bool,
    /// Variables that set nothing, and were most likely meant to.
    pub(crate) near_misses: Vec<NearMiss>,
}

/// Reads every layer of the environment that the layers name.
pub(crate) fn gather(inputs: &Inputs, shapes: &Shapes) -> Gathered {
    let mut mistakes = Mistakes { errors: shapes.clashes(), ..Mistakes::default() };
    let (located, file) = configuration_file(inputs, &mut mistakes);
    let real = process(&inputs.variables);
    let by_flags: Vec<Vec<String>> =
        inputs.flags.iter().map(|(key, _)| Key::dotted(key).segments().to_vec()).collect();
    let mut elsewhere: Vec<_> = real.iter().flat_map(Setter::candidates).chain(by_flags).collect();
    let places = shapes.places(None, file.as_ref(), &elsewhere);

    let nothing_taken = BTreeSet::new();
    let working_dir = &inputs.working_dir;
    let reader = Variables { shape: &places.all, working_dir, taken: &nothing_taken };
    let (variables, taken) = (reader.read(&real), reader.keys(&real));
    let flags = flags(&places.all, &inputs.flags);
    let base = file.as_ref().map(|file| file.base(&places.all)).unwrap_or_default();
    let environment = environment([&flags, &variables, &base]);

    let DotEnv { setters: dotenv, strangers: mut near, .. } = match environment {
        Some(Environment::Development) => dotenv(inputs, located.as_ref(), &mut mistakes),
        _ => DotEnv::default(),
    };
    near.extend(strangers(&inputs.variables));
    // `.env` may name sections, too; and the environment may have defaults of its own.
    elsewhere.extend(dotenv.iter().flat_map(Setter::candidates));
    let places = shapes.places(environment, file.as_ref(), &elsewhere);
    let reader = Variables { shape: &places.all, working_dir, taken: &taken };
    let dotenv = reader.read(&dotenv);

    let mut tree = defaults(environment);
    let overlay = overlay(file.as_ref(), &places, environment, &mut mistakes);
    let is_sound = file.as_ref().is_none_or(|file| file.is_sound) && (located.is_none() || file.is_some());
    let layers = [base, overlay, dotenv, variables, flags];
    merge(&layers, &mut tree, &mut mistakes);
    mistakes.errors.extend(layers.iter().flat_map(|layer| ambiguous(layer, &tree)));
    let near_misses = near_misses(&places.all, &near);
    let file = located.map(|located| located.shown);
    Gathered { places, tree, mistakes, environment, file, is_sound, near_misses }
}

/// Reads what the file alone says of an environment.
pub(crate) fn gather_file(inputs: &Inputs, shapes: &Shapes, environment: Environment) -> Gathered {
    let mut mistakes = Mistakes { errors: shapes.clashes(), ..Mistakes::default() };
    let (located, file) = configuration_file(inputs, &mut mistakes);
    let places = shapes.places(Some(environment), file.as_ref(), &[]);
    let mut tree = defaults(Some(environment));
    let base = file.as_ref().map(|file| file.base(&places.all)).unwrap_or_default();
    let overlay = overlay(file.as_ref(), &places, Some(environment), &mut mistakes);
    merge(&[base, overlay], &mut tree, &mut mistakes);
    let is_sound = located.is_none() || file.is_some_and(|file| file.is_sound);
    let file = located.map(|located| located.shown);
    let near_misses = Vec::new();
    Gathered { places, tree, mistakes, environment: Some(environment), file, is_sound, near_misses }
}

/// Defaults of the environment: those of the types need not be said.
fn defaults(environment: Option<Environment>) -> Tree {
    let mut tree = Tree::default();
    for (key, value) in environment.map(Environment::defaults).unwrap_or_default() {
        tree.say(key, value, Source::Default);
    }
    tree
}

/// Puts layers over one another, the weakest first.
fn merge(layers: &[Layer], tree: &mut Tree, mistakes: &mut Mistakes) {
    for layer in layers {
        tree.overlay(layer);
        mistakes.errors.extend_from_slice(&layer.errors);
        mistakes.broken.extend(layer.refused.iter().cloned());
    }
}

fn configuration_file(
    inputs: &Inputs,
    mistakes: &mut Mistakes,
) -> (Option<Located>, Option<ConfigurationFile>) {
    let variable = |name: &str| inputs.variables.iter().find(|(key, _)| key == name).map(|(_, value)| value);
    let package_dir = variable("CARGO_MANIFEST_DIR").map(OsString::as_os_str).map(OsStr::as_ref);
    let located = locate(inputs.config.as_deref(), &inputs.working_dir, package_dir, disk::exists);
    let file =
        located.as_ref().and_then(|located| match disk::read(&located.path, disk::MAX_CONFIGURATION) {
            Ok(text) => Some(ConfigurationFile::parse(&located.shown, &text)),
            Err(reason) => {
                let message =
                    format!("cannot read the configuration file {}: {reason}", located.shown.display());
                mistakes.errors.push(SettingsError::new("", None, message));
                None
            }
        });
    if let Some(file) = &file {
        mistakes.errors.extend(file.errors.iter().cloned());
        mistakes.errors.extend(file.unknown_environments());
    }
    (located, file)
}

/// The first layer that says where the service runs.
fn environment(layers: [&Layer; 3]) -> Option<Environment> {
    let key = Key::dotted("environment");
    let last = |layer: &Layer| layer.entries.iter().rev().find(|entry| entry.key == key).cloned();
    let entry = layers.into_iter().find_map(last)?;
    entry.value.as_str()?.parse().ok()
}

/// The section of the environment the service runs in. Those of the others are checked all the same: their mistakes
/// should not wait for the day they are used.
fn overlay(
    file: Option<&ConfigurationFile>,
    places: &Places,
    environment: Option<Environment>,
    mistakes: &mut Mistakes,
) -> Layer {
    let mut active = Layer::default();
    for (name, layer) in file.map(|file| file.overlays(&places.all)).unwrap_or_default() {
        if environment.is_some_and(|environment| environment.as_str() == name) {
            active = layer;
        } else {
            mistakes.errors.extend(layer.errors);
        }
    }
    active
}

/// The lines of the `.env` file beside the configuration file.
fn dotenv(inputs: &Inputs, located: Option<&Located>, mistakes: &mut Mistakes) -> DotEnv {
    let beside = |path: &Path| path.with_file_name(".env");
    let path = located.map_or_else(|| inputs.working_dir.join(".env"), |located| beside(&located.path));
    let shown = located.map_or_else(|| PathBuf::from(".env"), |located| beside(&located.shown));
    if !disk::exists(&path) {
        return DotEnv::default();
    }
    let mut parsed = match disk::read(&path, disk::MAX_CONFIGURATION) {
        Ok(text) => DotEnv::parse(&shown, &text),
        Err(reason) => {
            let message = format!("cannot read {}: {reason}", shown.display());
            mistakes.errors.push(SettingsError::new("", None, message));
            return DotEnv::default();
        }
    };
    mistakes.errors.append(&mut parsed.errors);
    let (environment, setters): (Vec<_>, Vec<_>) = parsed
        .setters
        .drain(..)
        .partition(|setter| setter.candidates().iter().any(|segments| segments == &["environment"]));
    for setter in environment {
        let message = "the environment is not taken from this file, which is read in development only";
        mistakes.errors.push(SettingsError::new(&setter.name, Some(setter.source), message));
    }
    DotEnv { setters, ..parsed }
}
