//! What the application does about preferences, layouts and profiles. Files are read and written on threads.

use std::path::Path;

use session::dissector;

use super::App;
use super::news::News;
use crate::gui::command::{Command, When};
use crate::gui::dialog::Dialog;
use crate::gui::dialog::choose::{Choice, Choose};
use crate::gui::dialog::name::Name;
use crate::gui::dialog::preferences::Deciding;
use crate::gui::layout::arrangements::{ARRANGEMENTS, Arrangement};
use crate::gui::layout::{self, Layout};
use crate::gui::preferences::file::{self, Loaded};
use crate::gui::preferences::profiles::{self, DEFAULT};
use crate::gui::preferences::{Contrast, Preferences, Reading};
use crate::gui::settings::Settings;
use crate::gui::style;
use crate::gui::theme::Level;

/// A profile as it was read.
pub(super) struct Profile {
    name: Option<String>,
    loaded: Loaded,
    layout: Option<Layout>,
}

impl Profile {
    fn read(root: &Path, name: Option<String>) -> Self {
        let loaded = file::load(&profiles::folder(root, name.as_deref()));
        let layout = match &name {
            Some(name) => profiles::layout(root, name),
            None => Settings::load(root).layout,
        };
        Self { name, loaded, layout }
    }
}

impl App {
    /// Takes over what was decided and remembered before the window opened.
    pub(super) fn begin(&mut self) {
        let Some(root) = self.folder.clone() else { return };
        self.settings = Settings::load(&root);
        self.profiles = profiles::list(&root);
        let name = self.settings.profile.take().filter(|name| self.profiles.contains(name));
        let mut profile = Profile::read(&root, name);
        if let (false, None, Some(decided)) = (profile.loaded.there, &profile.name, self.settings.decided()) {
            profile.loaded.preferences = decided;
        }
        self.enter(profile);
    }

    fn enter(&mut self, profile: Profile) {
        let Profile { name, loaded, layout } = profile;
        self.settings.profile = name;
        self.saved = loaded.there.then(|| loaded.preferences.clone());
        let before = std::mem::replace(&mut self.preferences, loaded.preferences);
        self.layout = layout::sound(layout.filter(|_| self.preferences.memory.arrangement));
        self.dress();
        self.read_otherwise(&before.reading);
        self.read_by();
        self.say_unknown();
        if let Some(fault) = loaded.fault {
            self.say(Level::Warn, fault);
        }
    }

    /// The profile that is in use.
    pub fn profile(&self) -> &str {
        self.settings.profile.as_deref().unwrap_or(DEFAULT)
    }

    /// What a session is told: what the command line said, and what was decided.
    pub(super) fn reading(&self) -> session::Options {
        let mut options = self.options.clone();
        let Reading { websocket_ports, key_logs, index_from } = &self.preferences.reading;
        let dissector::Options { websocket_ports: ports, .. } = &mut options.dissector;
        ports.extend(
            websocket_ports.iter().filter(|port| !self.options.dissector.websocket_ports.contains(port)),
        );
        options.keys.extend(key_logs.iter().filter(|log| !self.options.keys.contains(log)).cloned());
        let decided = (*index_from > 0).then(|| crate::cache::indexes(u64::from(*index_from) * 1_000_000));
        options.index = options.index.or(decided);
        options
    }

    /// Makes the window look as it was decided.
    fn dress(&mut self) {
        let looks = &self.preferences.appearance;
        style::dress(&self.ctx, looks.contrast == Contrast::High);
        self.ctx.set_theme(looks.theme.preference());
        self.ctx.set_zoom_factor(looks.zoom);
        let capture = &self.preferences.capture;
        self.live.wanted.not_promiscuous = !capture.promiscuous;
        self.live.wanted.buffer = (capture.buffer != 16).then_some(capture.buffer);
    }

    /// Something was decided; it holds at once.
    pub(super) fn prefer(&mut self, wanted: Preferences) {
        let before = std::mem::replace(&mut self.preferences, wanted.sound());
        self.settings.recent.truncate(self.preferences.memory.recent_files);
        self.dress();
        self.read_otherwise(&before.reading);
        if self.preferences.protocols != before.protocols {
            self.read_by();
        }
        if self.dialog.is_none() {
            self.remember();
        }
    }

    /// What is open is read in the way that was decided since.
    fn read_otherwise(&mut self, before: &Reading) {
        let now = self.preferences.reading.clone();
        let Some(opened) = self.opened.as_mut().filter(|_| now != *before) else { return };
        if now.websocket_ports != before.websocket_ports {
            let path = opened.path.clone();
            if self.can(When::Still) {
                self.open(&path);
            }
            return;
        }
        for log in now.key_logs.into_iter().filter(|log| !before.key_logs.contains(log)) {
            opened.add_keys(log);
        }
    }

    /// Writes down what was decided and what is to be remembered, beside the drawing.
    pub(super) fn remember(&mut self) {
        let Some(root) = self.folder.clone() else { return };
        let name = self.settings.profile.clone();
        let kept = Some(self.layout.clone()).filter(|_| self.preferences.memory.arrangement);
        let mut settings = self.settings.clone();
        match &name {
            None => settings.layout.clone_from(&kept),
            // The default profile's stays as it was left.
            Some(_) => settings.layout = self.default_layout.clone(),
        }
        let changed = self.saved.as_ref() != Some(&self.preferences);
        let decided = changed && (self.saved.is_some() || self.preferences != Preferences::default());
        let place = profiles::folder(&root, name.as_deref());
        let preferences = decided.then(|| self.preferences.clone());
        if decided {
            self.saved.clone_from(&preferences);
        }
        let before = self.writing.take();
        let writing = std::thread::spawn(move || {
            // One after the other, so that the newest is what stays.
            if let Some(before) = before {
                let _ = before.join();
            }
            let _ = settings.save(&root).join();
            if let Some(preferences) = preferences {
                let _ = file::save(&preferences, &place).join();
            }
            if let (Some(name), Some(layout)) = (name, kept) {
                let _ = profiles::keep_layout(&root, &name, &layout);
            }
        });
        self.writing = Some(writing);
    }

    /// Does a command that has to do with preferences, layouts or profiles.
    pub(super) fn arrange(&mut self, command: Command) {
        match command {
            Command::Preferences => {
                self.dialog = Some(Dialog::Preferences(Deciding::new(&self.preferences)));
            }
            Command::Prefer(wanted) => self.prefer(*wanted),
            Command::NextContrast => {
                self.decide(|it| it.appearance.contrast = it.appearance.contrast.next());
            }
            Command::UseLayout(name) => {
                let made = Arrangement::named(&name).map(Arrangement::layout);
                let saved = self.settings.layout_named(&name).cloned();
                if let Some(layout) = made.or(saved) {
                    self.layout = layout::sound(Some(layout));
                }
            }
            Command::Layouts => self.choose("Layout", self.layouts()),
            Command::SaveLayout => {
                let used = ARRANGEMENTS.iter().map(|arrangement| arrangement.name.to_owned()).collect();
                let name = Name::new("Save layout as", "", used, Command::SaveLayoutAs);
                self.dialog = Some(Dialog::Name(name));
            }
            Command::SaveLayoutAs(name) => {
                self.settings.layouts.retain(|(of, _)| *of != name);
                self.settings.layouts.push((name, self.layout.clone()));
                self.remember();
            }
            Command::DropLayouts => {
                let drop = |(name, _): &(String, Layout)| Choice {
                    text: name.clone(),
                    note: "delete".to_owned(),
                    command: Some(Command::DropLayout(name.clone())),
                };
                self.choose("Delete a layout", self.settings.layouts.iter().map(drop).collect());
            }
            Command::DropLayout(name) => {
                self.settings.layouts.retain(|(of, _)| *of != name);
                self.remember();
            }
            command => self.run_profiles(command),
        }
    }

    fn choose(&mut self, title: &'static str, choices: Vec<Choice>) {
        self.dialog = Some(Dialog::Choose(Choose::new(title, choices)));
    }

    /// The layouts that can be chosen: those that were made, then those that were saved.
    fn layouts(&self) -> Vec<Choice> {
        let choice = |name: &str, note: &str| Choice {
            text: name.to_owned(),
            note: note.to_owned(),
            command: Some(Command::UseLayout(name.to_owned())),
        };
        let made = ARRANGEMENTS.iter().map(|arrangement| choice(arrangement.name, arrangement.says));
        made.chain(self.settings.layouts.iter().map(|(name, _)| choice(name, "saved"))).collect()
    }

    /// What can be chosen in the palette by names that only the user knows.
    pub(super) fn named(&self) -> Vec<(String, Command)> {
        let layouts = self.layouts().into_iter();
        let layouts = layouts.filter_map(|it| Some((format!("Layout: {}", it.text), it.command?)));
        let profile =
            |(name, of): (&str, Option<String>)| (format!("Profile: {name}"), Command::UseProfile(of));
        let profiles = self.profiles.iter().map(|name| (name.as_str(), Some(name.clone())));
        let profiles = std::iter::once((DEFAULT, None)).chain(profiles).map(profile);
        layouts.chain(profiles.filter(|_| !self.profiles.is_empty())).collect()
    }

    fn run_profiles(&mut self, command: Command) {
        let ask =
            |title, text: &str, take| Some(Dialog::Name(Name::new(title, text, self.profiles.clone(), take)));
        match command {
            Command::Profiles => self.ask_profile(),
            Command::NewProfile => self.dialog = ask("New profile", "", Command::NewProfileAs),
            Command::CopyProfile => {
                let text = format!("{} copy", self.profile());
                self.dialog = ask("Duplicate profile as", &text, Command::CopyProfileAs);
            }
            Command::RenameProfile => {
                self.dialog = ask("Rename profile to", self.profile(), Command::RenameProfileAs);
            }
            Command::DropProfile => {
                let name = self.profile().to_owned();
                let yes = Choice {
                    text: format!("Delete {name}"),
                    note: "its preferences and its layout".to_owned(),
                    command: Some(Command::DropProfileOf(name)),
                };
                let no = Choice { text: "Keep it".to_owned(), note: String::new(), command: None };
                self.choose("Delete profile", vec![no, yes]);
            }
            Command::UseProfile(name) => self.move_to(move |_| Ok(name)),
            Command::NewProfileAs(name) => self.move_to(|root| {
                profiles::make(root, &name)?;
                file::save(&Preferences::default(), &profiles::folder(root, Some(&name))).join().ok();
                Ok(Some(name))
            }),
            Command::CopyProfileAs(name) => {
                let (preferences, layout) = (self.preferences.clone(), self.layout.clone());
                self.move_to(move |root| {
                    profiles::make(root, &name)?;
                    file::save(&preferences, &profiles::folder(root, Some(&name))).join().ok();
                    profiles::keep_layout(root, &name, &layout)?;
                    Ok(Some(name))
                });
            }
            Command::RenameProfileAs(to) => {
                let Some(from) = self.settings.profile.clone() else { return };
                self.move_to(move |root| {
                    profiles::rename(root, &from, &to)?;
                    Ok(Some(to))
                });
            }
            Command::DropProfileOf(name) => self.move_to(move |root| {
                profiles::delete(root, &name)?;
                Ok(None)
            }),
            _ => {}
        }
    }

    fn ask_profile(&mut self) {
        let now = self.profile().to_owned();
        let choice = |text: &str, command| Choice {
            text: text.to_owned(),
            note: if text == now { "in use".to_owned() } else { String::new() },
            command: Some(command),
        };
        let mut choices = vec![choice(DEFAULT, Command::UseProfile(None))];
        choices
            .extend(self.profiles.iter().map(|name| choice(name, Command::UseProfile(Some(name.clone())))));
        for command in
            [Command::NewProfile, Command::CopyProfile, Command::RenameProfile, Command::DropProfile]
        {
            if let Some(entry) = command.entry().filter(|entry| self.can(entry.when)) {
                choices.push(choice(entry.text, command));
            }
        }
        self.choose("Profile", choices);
    }

    /// Writes down what is in use, does `work` with the files, and uses the profile that comes of it.
    fn move_to(&mut self, work: impl FnOnce(&Path) -> std::io::Result<Option<String>> + Send + 'static) {
        let Some(root) = self.folder.clone() else {
            return self.say(Level::Warn, "Nothing can be kept: no folder for settings is known");
        };
        self.remember();
        let writing = self.writing.take();
        self.on_thread(move || {
            if let Some(writing) = writing {
                let _ = writing.join();
            }
            let came = work(&root).map(|name| Box::new(Profile::read(&root, name)));
            Some(News::Profile(came.map_err(|error| error.to_string()), profiles::list(&root)))
        });
    }

    /// Files of profiles were read or written.
    pub(super) fn profile_came(&mut self, came: Result<Box<Profile>, String>, all: Vec<String>) {
        self.profiles = all;
        match came {
            Ok(profile) => {
                if self.settings.profile.is_none() {
                    self.default_layout = Some(self.layout.clone());
                }
                self.enter(*profile);
                self.remember();
            }
            Err(says) => self.say(Level::Error, format!("The profile stays as it was: {says}")),
        }
    }
}
