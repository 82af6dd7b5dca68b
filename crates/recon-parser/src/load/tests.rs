//! Loading from files in memory.

use std::fmt::Write as _;

use test_case::test_case;

use super::*;
use recon_core::ResourceMode;

/// Files by path.
pub(crate) struct Memory(BTreeMap<String, Vec<u8>>);

impl Memory {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect())
    }
}

impl Files for Memory {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        self.0.get(path).cloned().ok_or(FileError::Missing)
    }

    fn exists(&self, path: &str) -> Result<bool, FileError> {
        Ok(self.0.contains_key(path))
    }

    fn walk(&self, _: &str) -> Result<Vec<String>, FileError> {
        Ok(self.0.keys().cloned().collect())
    }

    fn list(&self, directory: &str) -> Result<Vec<String>, FileError> {
        let inside = |path: &String| match (directory, path.rsplit_once('/')) {
            (".", None) => Some(path.clone()),
            (directory, Some((parent, name))) if parent == directory => Some(name.to_owned()),
            _ => None,
        };
        let names: Vec<String> = self.0.keys().filter_map(inside).collect();
        if names.is_empty() && directory != "." { Err(FileError::Missing) } else { Ok(names) }
    }

    fn current_directory(&self) -> String {
        "/".to_owned()
    }

    fn home_directory(&self) -> Option<String> {
        None
    }

    fn absolute(&self, path: &str) -> String {
        format!("/{path}")
    }
}

/// What the diagnostics say, each with the place of its labels.
pub(crate) fn render(diagnostics: &Diagnostics, sources: &SourceMap) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        let severity = if diagnostic.is_error() { "error" } else { "warning" };
        writeln!(text, "{severity}: {}", diagnostic.summary).unwrap();
        for label in &diagnostic.labels {
            let (line, column) = sources.position(label.span);
            let name = sources.file(label.span.file).map_or("?", |file| &file.name);
            let excerpt = sources.excerpt(label.span);
            writeln!(text, "  {name}:{line}:{column} {excerpt:?} {}", label.text).unwrap();
        }
        writeln!(text, "  {}", diagnostic.detail).unwrap();
    }
    text
}

fn load_files(files: &[(&str, &str)]) -> (Loaded, SourceMap) {
    let mut sources = SourceMap::default();
    let loaded = load(&Memory::new(files), &mut sources, &Options::default());
    (loaded, sources)
}

fn problems(files: &[(&str, &str)]) -> String {
    let (loaded, sources) = load_files(files);
    render(&loaded.diagnostics, &sources)
}

#[test]
fn all_files_of_a_directory_make_one_module() {
    let (loaded, sources) = load_files(&[
        ("a.tf", "variable \"x\" {}\n"),
        ("b.recon.hcl", "output \"y\" {\n  value = var.x\n}\n"),
        ("c.tf.json", r#"{"locals": {"z": "${var.x}"}}"#),
        ("notes.txt", "not { HCL"),
        (".hidden.tf", "not { HCL"),
        ("d.tf~", "not { HCL"),
    ]);
    assert_eq!(render(&loaded.diagnostics, &sources), "");
    let module = loaded.module;
    assert_eq!((module.variables.len(), module.outputs.len(), module.locals.len()), (1, 1, 1));
}

#[test]
fn a_module_called_often_is_parsed_once() {
    let calls: String = (0..1_000).fold(String::new(), |mut text, index| {
        writeln!(text, "module \"m{index}\" {{\n  source = \"./m\"\n}}").unwrap();
        text
    });
    let (loaded, sources) = load_files(&[("main.tf", &calls), ("m/main.tf", "locals {\n  a = 1\n}\n")]);
    assert_eq!(render(&loaded.diagnostics, &sources), "");
    assert_eq!(loaded.module.calls.len(), 1_000);
    assert_eq!(sources.files().count(), 2);
    let mut modules = loaded.module.calls.values().map(|call| &call.module);
    let first = modules.next().unwrap();
    assert!(modules.all(|module| Arc::ptr_eq(first, module)));
    assert_eq!(first.directory, "m");
}

#[test]
fn modules_that_call_each_other_are_refused() {
    let files = [
        ("main.tf", "module \"a\" {\n  source = \"./a\"\n}\n"),
        ("a/main.tf", "module \"b\" {\n  source = \"../b\"\n}\n"),
        ("b/main.tf", "module \"a\" {\n  source = \"../a/\"\n}\n"),
    ];
    insta::assert_snapshot!(problems(&files), @r#"
    error: Module calls itself
      b/main.tf:2:12 "\"../a/\"" 
      The modules `.`, `a`, `b` call each other in a circle, and `a` would be loaded without end. Remove one of the calls.
    "#);
}

#[test]
fn a_remote_module_is_refused_with_the_way_out() {
    insta::assert_snapshot!(problems(&[("main.tf", "module \"a\" {\n  source = \"terraform-aws-modules/lambda/aws\"\n  version = \"1.0\"\n}\n")]), @r#"
    error: Invalid module version constraint
      main.tf:3:3 "version" 
      A module in a local directory has no versions. Remove `version`.
    error: Unsupported module source
      main.tf:2:12 "\"terraform-aws-modules/lambda/aws\"" 
      recon downloads nothing, and "terraform-aws-modules/lambda/aws" is not a local directory. Clone the module into this repository, or add it as a submodule, and name its directory with `./` or `../` in front: `source = "./modules/NAME"`.
    "#);
}

#[test]
fn a_directory_without_configuration_is_refused() {
    insta::assert_snapshot!(problems(&[("readme.md", "")]), @r#"
    error: No configuration files
      This directory has no configuration: no file ends in `.tf`, `.tf.json` or `.recon.hcl`. Write one, or name another directory with `-chdir=DIR`.
    "#);
    let mut sources = SourceMap::default();
    let options = Options { when_empty: WhenEmpty::Accept };
    assert!(load(&Memory::new(&[]), &mut sources, &options).diagnostics.is_empty());
}

#[test]
fn an_argument_that_cannot_be_read_is_not_missing() {
    let text = "output \"o\" {\n  value = 'x'\n}\nmodule \"m\" {\n  source =\n}\n";
    insta::assert_snapshot!(problems(&[("main.tf", text)]), @r#"
    error: Invalid character
      main.tf:2:11 "'" 
      Single quotes do not make a string. Use double quotes: `"…"`.
    error: Invalid expression
      main.tf:5:11 "\n" 
      A value was expected here, but found the end of the line.
    "#);
}

#[test]
fn mistakes_of_all_files_are_told_at_once() {
    let files = [
        (
            "a.tf",
            "resource \"terraform_data\" \"x\" {\n  input = [1, 2\n}\n\nvariable \"v\" {\n  typ = string\n}\n",
        ),
        ("b.tf", "locals {\n  a = \"unclosed\n  b = 2 3\n}\nresource \"x\" {}\n"),
        ("m/m.tf", "variable \"needed\" {}\nvariable \"other\" {\n  default = 1\n}\n"),
        ("c.tf", "module \"m\" {\n  source = \"./m\"\n  othr   = 2\n}\n"),
    ];
    insta::assert_snapshot!(problems(&files), @r#"
    error: Missing item separator
      a.tf:3:1 "}" 
      a.tf:2:11 "[" opened here
      Elements are separated by commas; `,` or `]` was expected here, but found `}`.
    error: Unclosed string
      b.tf:2:15 "d" 
      A string in quotes ends on the line where it begins. Close it with `"`; for text of several lines use a heredoc such as `<<EOT`, or `\n` for a line break.
    error: Missing newline after argument
      b.tf:3:9 "3" 
      An argument ends with its line; the end of the line was expected here, but found the number 3.
    error: Unsupported argument
      a.tf:6:3 "typ" 
      An argument named `typ` is not expected here. Did you mean `type`?
    error: Missing name for resource
      b.tf:5:1 "resource \"x\"" 
      A `resource` block has 2 labels: type and name. Write `resource "TYPE" "NAME" {`.
    error: Unsupported argument
      c.tf:3:3 "othr" 
      The module has no variable `othr`. Did you mean `other`?
    error: Missing required argument
      c.tf:1:1 "module \"m\"" 
      m/m.tf:1:1 "variable \"needed\"" declared here
      The module's variable `needed` has no default, so this call must set it.
    "#);
}

#[test]
fn text_that_is_not_utf8_is_refused_where_it_begins() {
    let mut files = Memory::new(&[]);
    files.0.insert("main.tf".to_owned(), b"locals {\n  a = \"\xff\"\n}\n".to_vec());
    let mut sources = SourceMap::default();
    let loaded = load(&files, &mut sources, &Options::default());
    insta::assert_snapshot!(render(&loaded.diagnostics, &sources), @r#"
    error: Invalid character encoding
      main.tf:2:8 "�" 
      The file `main.tf` is not UTF-8 text from here on. Save it as UTF-8.
    "#);
}

#[test]
fn override_files_change_blocks_argument_by_argument() {
    let (loaded, sources) = load_files(&[
        (
            "main.tf",
            "resource \"terraform_data\" \"x\" {\n  input = 1\n  triggers_replace = 2\n  lifecycle {\n    prevent_destroy = true\n  }\n}\nlocals {\n  a = 1\n}\n",
        ),
        (
            "override.tf",
            "resource \"terraform_data\" \"x\" {\n  input = 3\n  lifecycle {\n    create_before_destroy = true\n  }\n}\nlocals {\n  a = 2\n  b = 3\n}\n",
        ),
        ("z_override.tf.json", r#"{"resource": {"terraform_data": {"x": {"count": 2}}}}"#),
    ]);
    assert_eq!(render(&loaded.diagnostics, &sources), "");
    let resource = &loaded.module.resources[&(ResourceMode::Managed, "terraform_data".into(), "x".into())];
    assert_eq!(sources.excerpt(resource.body.attributes["input"].value.span), "3");
    assert_eq!(sources.excerpt(resource.body.attributes["triggers_replace"].value.span), "2");
    assert!(resource.lifecycle.prevent_destroy);
    assert_eq!(resource.lifecycle.create_before_destroy, Some(true));
    assert!(matches!(resource.repetition, crate::config::Repetition::Count(_)));
    assert_eq!(sources.excerpt(loaded.module.locals["a"].value.span), "2");
    assert_eq!(loaded.module.locals.len(), 2);
}

#[test]
fn an_override_of_nothing_is_refused() {
    insta::assert_snapshot!(problems(&[("main.tf", ""), ("override.tf", "variable \"x\" {\n  default = 1\n}\nmoved {\n  from = a.b\n  to = a.c\n}\n")]), @r#"
    error: Missing base variable declaration to override
      override.tf:1:1 "variable \"x\"" 
      An override file changes blocks that another file declares, but there is no `variable "x"`. Declare it in an ordinary file.
    error: Unsupported override
      override.tf:4:1 "moved" 
      A `moved` block cannot stand in an override file. Move it to another file.
    "#);
}

#[test_case(".", "./m", "m")]
#[test_case("m", "../n", "n")]
#[test_case("m", "./n/../o", "m/o")]
#[test_case(".", "../up", "../up")]
#[test_case("../up", "../../x", "../../x")]
#[test_case("m", "..//", ".")]
fn sources_are_relative_to_the_calling_module(directory: &str, source: &str, expected: &str) {
    assert_eq!(join(directory, source), expected);
}

#[test]
fn the_digest_covers_every_file_and_its_name() {
    let digest = |files: &[(&str, &str)]| load_files(files).0.digest;
    let base = [("main.tf", "module \"a\" {\n  source = \"./m\"\n}\n"), ("m/m.tf", "")];
    assert_eq!(digest(&base), digest(&base));
    assert_ne!(digest(&base), digest(&[base[0], ("m/m.tf", "# c\n")]));
    assert_ne!(digest(&base), digest(&[base[0], ("m/n.tf", "")]));
    assert_eq!(digest(&base).len(), 64);
}
