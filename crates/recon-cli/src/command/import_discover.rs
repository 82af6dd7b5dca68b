//! `import -discover`.

use clap::{Args, ValueEnum};
use recon_core::Diagnostic;
use recon_core::discovery::Selector;
use recon_engine::{Code, DiscoverRequest, Discovered, Verdict};
use recon_parser::load::WhenEmpty;

use crate::desk::Disk;
use crate::exit::Exit;
use crate::flags::RunFlags;
use crate::project;
use crate::render::{plan, style};
use crate::session::Session;
use crate::stop::Stop;

/// The provider that looks.
const PROVIDER: &str = "aws";

/// Words that need another one.
const SORTS: [&str; 3] = ["api", "function", "tag"];

/// Flags of `import -discover`.
#[derive(Args, Debug)]
pub(crate) struct DiscoverFlags {
    /// Find what nobody declares, write it as configuration and take it over: nothing more for all of the region, `api ID`,
    /// `function NAME`, `tag KEY=VALUE`, or a pattern of names such as 'items-*'
    #[arg(long, value_name = "SELECTOR", num_args = 0..=2, conflicts_with = "id")]
    pub discover: Option<Vec<String>>,

    /// With -discover: the file to write
    #[arg(long, value_name = "FILE", default_value = "discovered.tf", requires = "discover")]
    pub out: String,

    /// With -discover: only show what would be written
    #[arg(long, requires = "discover")]
    pub plan: bool,

    /// With -discover: download the code of functions beside the file, or leave it to others
    #[arg(long, value_name = "HOW", default_value = "download", requires = "discover")]
    pub code: CodeFlag,
}

/// What becomes of functions' code.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum CodeFlag {
    /// It is downloaded beside the file
    Download,
    /// It is left to others: the block ignores its changes
    Ignore,
}

/// Finds what the words select, and takes it over.
pub(crate) fn run(
    session: &mut Session,
    run: &RunFlags,
    flags: &DiscoverFlags,
    words: &[String],
) -> Result<Exit, Stop> {
    let request = DiscoverRequest {
        provider: PROVIDER.into(),
        selector: selector(words)?,
        code: match flags.code {
            CodeFlag::Download => Code::Download,
            CodeFlag::Ignore => Code::Ignore,
        },
        file: flags.out.clone(),
        shows_only: flags.plan,
        lock_timeout: run.lock_timeout,
    };
    let mut desk = Disk::new(&flags.out)?;
    let mut opened = project::open(session, run, WhenEmpty::Accept)?;
    let mut sources = std::mem::take(&mut session.sources);
    let work = recon_engine::discover(&mut opened.project, &request, &mut sources, &mut desk);
    let result = session.wait(&opened.interrupt, &opened.progress, work);
    session.sources = sources;
    let discovered = result??;
    drop(desk);
    Ok(tell(session, &opened.project.catalog, &request, &discovered))
}

fn selector(words: &[String]) -> Result<Selector, Diagnostic> {
    match words {
        [] => Ok(Selector::Everything),
        [sort] if SORTS.contains(&sort.as_str()) => {
            let detail = format!(
                "Which {sort}? Begin at `api ID`, `function NAME` or `tag KEY=VALUE`, or give a pattern of names."
            );
            Err(Diagnostic::error("Invalid selector", detail))
        }
        [pattern] => Ok(Selector::Named(pattern.clone())),
        [sort, pair] if sort == "tag" => match pair.split_once('=') {
            Some((key, value)) if !key.is_empty() => {
                Ok(Selector::Tag { key: key.to_owned(), value: value.to_owned() })
            }
            _ => Err(Diagnostic::error(
                "Invalid selector",
                format!("A tag is given as KEY=VALUE; this is `{pair}`."),
            )),
        },
        [sort, name, ..] => Ok(Selector::Sort { sort: sort.clone(), name: name.clone() }),
    }
}

fn tell(
    session: &Session,
    catalog: &recon_core::resource_type::Catalog,
    request: &DiscoverRequest,
    discovered: &Discovered,
) -> Exit {
    for note in &discovered.notes {
        session.ui.talk(&format!("{note}\n"));
    }
    if !discovered.managed.is_empty() {
        let addresses: Vec<String> = discovered.managed.iter().map(ToString::to_string).collect();
        session.ui.talk(&format!("Managed already, and left alone: {}.\n", addresses.join(", ")));
    }
    secrets(session, request, discovered);
    let objects = style::count(discovered.counts.values().sum(), "object");
    let lines = style::count(discovered.text.lines().count(), "line");
    let file = &request.file;
    match &discovered.verdict {
        Verdict::NothingNew => {
            session.ui.talk("All that was found is managed already. Nothing is written.\n");
            Exit::Done
        }
        Verdict::Shown => {
            session.ui.data(&discovered.text);
            session.ui.talk(&format!(
                "\n{objects} in {lines}. The plan that follows is empty. Nothing is written.\n"
            ));
            Exit::Done
        }
        Verdict::Written => {
            let done = style::paint(style::DONE, "Import successful!");
            session.ui.talk(&format!(
                "\n{done}\n\n{objects} in {lines} of {file}. The plan that follows is empty: `recon plan` shows it.\n"
            ));
            Exit::Done
        }
        Verdict::Refused(made, changing) => {
            session.ui.data(&discovered.text);
            session.ui.data(&format!("\n{}", plan::plan(made, catalog)));
            let addresses: Vec<String> = changing.iter().map(|address| format!("  {address}")).collect();
            let detail = format!(
                "The configuration above would not leave an empty plan, so nothing is written. What would change:\n\n{}",
                addresses.join("\n")
            );
            session.report(&Diagnostic::error("Discovered configuration is not exact", detail).into());
            Exit::Error
        }
    }
}

/// Says where the secrets are, or would be.
fn secrets(session: &Session, request: &DiscoverRequest, discovered: &Discovered) {
    let goes = match (discovered.secrets, &discovered.verdict) {
        (0, _) | (_, Verdict::NothingNew | Verdict::Refused(..)) => return,
        (_, Verdict::Shown) => "would go",
        (_, Verdict::Written) => "went",
    };
    let secrets = match discovered.secrets {
        1 => "1 value that looks like a secret".to_owned(),
        several => format!("{several} values that look like secrets"),
    };
    let file = crate::desk::values_of(&request.file);
    session.ui.talk(&format!(
        "{secrets} {goes} into {file}, which only you may read; variables stand for them. Keep that file out of version control.\n"
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn select(words: &[&str]) -> Result<Selector, Diagnostic> {
        selector(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn words_select() {
        let api = Selector::Sort { sort: "api".to_owned(), name: "a1".to_owned() };
        let tag = Selector::Tag { key: "a".to_owned(), value: "b=c".to_owned() };
        assert_eq!(select(&[]).unwrap(), Selector::Everything);
        assert_eq!(select(&["items-*"]).unwrap(), Selector::Named("items-*".to_owned()));
        assert_eq!(select(&["api", "a1"]).unwrap(), api);
        assert_eq!(select(&["tag", "a=b=c"]).unwrap(), tag);
    }

    #[test]
    fn a_tag_without_a_value_is_refused() {
        assert_eq!(select(&["tag", "a"]).unwrap_err().summary, "Invalid selector");
    }

    #[test]
    fn a_sort_without_a_name_is_refused() {
        for sort in SORTS {
            assert_eq!(select(&[sort]).unwrap_err().summary, "Invalid selector");
        }
    }
}
