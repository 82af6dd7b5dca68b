//! What of the environment and of the shared configuration files decides over a connection.

use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use recon_core::Known;

/// An environment variable, unless it is empty.
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

/// The files that `shared_config_files` and `shared_credentials_files` name, if any.
pub(crate) fn profile_files(config: &Known) -> Option<EnvConfigFiles> {
    let (configs, credentials) =
        (config.string_items("shared_config_files"), config.string_items("shared_credentials_files"));
    if configs.is_empty() && credentials.is_empty() {
        return None;
    }
    let mut files = EnvConfigFiles::builder();
    files = if configs.is_empty() { files.include_default_config_file(true) } else { files };
    files = if credentials.is_empty() { files.include_default_credentials_file(true) } else { files };
    for path in configs {
        files = files.with_file(EnvConfigFileKind::Config, from_home(&path));
    }
    for path in credentials {
        files = files.with_file(EnvConfigFileKind::Credentials, from_home(&path));
    }
    Some(files.build())
}

fn from_home(path: &str) -> String {
    match (path.strip_prefix("~/"), environment("HOME")) {
        (Some(rest), Some(home)) => format!("{home}/{rest}"),
        _ => path.to_owned(),
    }
}
