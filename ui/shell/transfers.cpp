#include "ui/shell/transfers.h"

#include "ui/common/folder_dialog.h"
#include "ui/common/text.h"

#include <QFileDialog>
#include <QMenu>
#include <QMimeData>
#include <QUrl>

namespace tau::ui {

namespace fs = std::filesystem;

namespace {

constexpr int patience_ms = 300;

QString name_of(const fs::path& path) {
    const fs::path name = path.filename().empty() ? path.parent_path().filename() : path.filename();
    return to_qt(name.string());
}

QString files_text(std::size_t count) {
    return count == 1 ? Transfers::tr("1 file") : Transfers::tr("%1 files").arg(count);
}

QString not_taken(std::size_t count) {
    return Transfers::tr("Links and what git ignores are not in it: %1.").arg(files_text(count));
}

struct FormWords {
    ExportForm form;
    QString action, title, suffix, filter;
};

std::vector<FormWords> form_words() {
    return {{ExportForm::signed_file, Transfers::tr("&Signed project file…"),
             Transfers::tr("Export %1"), QStringLiteral(".yaml"), Transfers::tr("YAML (*.yaml)")},
            {ExportForm::one_file, Transfers::tr("Configuration as one &YAML file…"),
             Transfers::tr("Export the configuration of %1"), QStringLiteral("-configuration.yaml"),
             Transfers::tr("YAML (*.yaml)")},
            {ExportForm::folder,
             Transfers::tr("Configuration as a &folder…"),
             Transfers::tr("Choose an empty folder for the configuration of %1"),
             {},
             {}},
            {ExportForm::zip, Transfers::tr("Configuration as a &zip file…"),
             Transfers::tr("Export the configuration of %1"), QStringLiteral("-configuration.zip"),
             Transfers::tr("Zip files (*.zip)")}};
}

const FormWords& words_of(ExportForm form) {
    static const std::vector<FormWords> all = form_words();
    return all[static_cast<std::size_t>(form)];
}

} // namespace

Transfers::Transfers(Services& services, MessageBar& messages, QWidget& window)
    : QObject(&window), services_(services), messages_(messages), window_(window) {
    patience_.setSingleShot(true);
    patience_.setInterval(patience_ms);
    connect(&patience_, &QTimer::timeout, this, [this] { show_waiting(waiting_); });
}

void Transfers::add_import(QMenu& file) {
    file.addAction(tr("Open fol&der…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O), this,
                   &Transfers::choose_to_open);
    file.addAction(tr("&Import…"), QKeySequence(Qt::CTRL | Qt::Key_I), this,
                   [this] { choose_import(false); });
    file.addAction(tr("Import &folder…"), this, [this] { choose_import(true); });
}

void Transfers::add_export(QMenu& file) {
    QMenu* menu = file.addMenu(tr("&Export"));
    for (const FormWords& words : form_words()) {
        QAction* action = menu->addAction(words.action, this, [this, form = words.form] {
            if (project_) {
                choose_export(*project_, form);
            }
        });
        if (words.form == ExportForm::signed_file) {
            action->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_E));
        }
        exports_.emplace_back(words.form, action);
    }
}

void Transfers::set_project(std::optional<flow::LocalProject> project, bool unsaved) {
    project_ = std::move(project);
    unsaved_ = unsaved;
    for (const auto& [form, action] : exports_) {
        action->setEnabled(project_ &&
                           (form == ExportForm::signed_file ? project_->is_registered()
                                                            : !project_->configuration.empty()));
    }
}

std::optional<fs::path> Transfers::dropped(const QMimeData& data) {
    const QList<QUrl> urls = data.urls();
    if (urls.size() != 1 || !urls.front().isLocalFile()) {
        return std::nullopt;
    }
    return fs::path(to_utf8(urls.front().toLocalFile()));
}

void Transfers::choose_import(bool folder) {
    if (folder) {
        choose_folder(window_, tr("Import the folder of a configuration"),
                      [this](const fs::path& path) { import(path); });
        return;
    }
    auto* dialog = new QFileDialog(&window_, tr("Import a project"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Projects (*.yaml *.yml *.zip)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this,
            [this](const QString& file) { import(to_utf8(file)); });
    dialog->open();
}

void Transfers::choose_export(const flow::LocalProject& project, ExportForm form) {
    const FormWords& words = words_of(form);
    const QString title = words.title.arg(to_qt(project.name));
    if (form == ExportForm::folder) {
        choose_folder(window_, title, [this, project, form](const fs::path& path) {
            write(project, form, path, false);
        });
        return;
    }
    auto* dialog = new QFileDialog(&window_, title);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setOption(QFileDialog::DontConfirmOverwrite); // it is asked in the window
    dialog->setDefaultSuffix(words.suffix.section(QLatin1Char('.'), -1));
    dialog->setNameFilters({words.filter});
    dialog->selectFile(to_qt(project.name) + words.suffix);
    connect(dialog, &QFileDialog::fileSelected, this, [this, project, form](const QString& file) {
        write(project, form, to_utf8(file), false);
    });
    dialog->open();
}

void Transfers::show_waiting(const QString& sentence) {
    told_ = true;
    messages_.show_message(Tone::plain, sentence, {{tr("Stop"), [this] { job_.cancel(); }}});
}

/// One piece of work at a time, with its progress in the message bar once it takes a while.
template <typename Value>
void Transfers::start(const QString& sentence,
                      std::function<Result<Value>(const project::Watch&)> work,
                      std::function<void(Result<Value>&)> done) {
    waiting_ = sentence;
    told_ = false;
    patience_.start();
    job_.start(
        [this, work = std::move(work)](std::stop_token stop, const Job::Post& post) {
            project::Watch watch{
                std::move(stop), [this, post](std::size_t files) {
                    post([this, files] {
                        if (told_) {
                            messages_.set_text(
                                tr("%1 %2 so far.").arg(waiting_, files_text(files)));
                        }
                    });
                }};
            return work(watch);
        },
        [this, done = std::move(done)](Result<Value> answer) {
            patience_.stop();
            if (told_) {
                messages_.close_message();
            }
            if (!answer && answer.error().code == ErrorCode::cancelled) {
                messages_.show_message(Tone::plain, tr("Stopped. Nothing was changed."));
                return;
            }
            done(answer);
        });
}

void Transfers::import(const fs::path& path) {
    start<TransferServices::Given>(
        tr("Reading %1…").arg(name_of(path)),
        [&services = services_.transfers(), path](const project::Watch& watch) {
            return services.read(path, watch);
        },
        [this, path](Result<TransferServices::Given>& given) {
            if (!given) {
                messages_.show_error(given.error());
            } else if (given->is_signed) {
                import_signed(path);
            } else {
                offer(path, std::move(*given));
            }
        });
}

void Transfers::import_signed(const fs::path& path) {
    start<flow::LocalProject>(
        tr("Checking %1…").arg(name_of(path)),
        [&services = services_, path](const project::Watch&) {
            return services.import_project(path);
        },
        [this](Result<flow::LocalProject>& project) {
            if (!project) {
                messages_.show_error(project.error());
                return;
            }
            messages_.show_message(Tone::good, tr("Everything in the file holds. It is taken in."));
            Q_EMIT taken_in(*project); // which may have something to ask
        });
}

/// A configuration belongs into a project; where none is open the person says where it goes.
void Transfers::offer(const fs::path& path, TransferServices::Given given) {
    const QString from = name_of(path);
    if (project_) {
        Q_EMIT files_wanted(*project_, from, given.files);
        return;
    }
    const QString whose = given.name.empty() ? tr("a project without a name") : to_qt(given.name);
    auto files = std::make_shared<const git::Files>(std::move(given.files));
    std::vector<MessageBar::Action> actions;
    if (given.is_folder) {
        actions.push_back({tr("Open it where it is"), [this, path] { open_folder(path); }});
    }
    if (given.here) {
        actions.push_back({tr("Take it into %1").arg(to_qt(given.here->name)),
                           [this, project = *given.here, from, files] {
                               Q_EMIT files_wanted(project, from, *files);
                           }});
    }
    actions.push_back(
        {tr("Write its files to a folder…"), [this, files, path] {
             choose_folder(window_, tr("Choose an empty folder"),
                           [this, files, path](const fs::path& to) { unpack(*files, path, to); });
         }});
    actions.push_back({tr("Leave it"), [] {}});
    QString text =
        tr("%1 holds the configuration of %2: %3.").arg(from, whose, files_text(files->size()));
    if (given.left_out > 0) {
        text += QLatin1Char(' ') + not_taken(given.left_out);
    }
    messages_.show_message(Tone::plain, text, std::move(actions));
}

void Transfers::open_folder(const fs::path& folder) {
    start<flow::LocalProject>(
        tr("Opening %1…").arg(name_of(folder)),
        [&services = services_, folder](const project::Watch&) {
            return services.open_folder(folder);
        },
        [this](Result<flow::LocalProject>& project) {
            if (project) {
                Q_EMIT taken_in(*project);
            } else {
                messages_.show_error(project.error());
            }
        });
}

void Transfers::choose_to_open() {
    choose_folder(window_, tr("Open the folder of a configuration repository"),
                  [this](const fs::path& path) { open_folder(path); });
}

void Transfers::unpack(const git::Files& files, const fs::path& from, const fs::path& folder) {
    start<std::size_t>(
        tr("Writing to %1…").arg(name_of(folder)),
        [&services = services_.transfers(), files, from,
         folder](const project::Watch& watch) -> Result<std::size_t> {
            auto done = services.unpack(files, from, folder, watch);
            return done ? Result<std::size_t>(files.size()) : fail(done.error());
        },
        [this, folder](Result<std::size_t>& count) {
            if (!count) {
                messages_.show_error(count.error());
                return;
            }
            messages_.show_message(
                Tone::good,
                tr("Written to %1: %2.").arg(to_qt(folder.string()), files_text(*count)));
        });
}

void Transfers::write(const flow::LocalProject& project, ExportForm form, const fs::path& to,
                      bool replace) {
    start<TransferServices::Exported>(
        tr("Exporting %1…").arg(to_qt(project.name)),
        [&services = services_.transfers(), project, form, to,
         replace](const project::Watch& watch) {
            return services.write(project, form, to, replace, watch);
        },
        [this, project, form, to](Result<TransferServices::Exported>& exported) {
            if (exported) {
                tell_exported(form, to, *exported, unsaved_);
            } else if (exported.error().code == ErrorCode::already_exists) {
                ask_about_existing(project, form, to);
            } else {
                messages_.show_error(exported.error());
            }
        });
}

void Transfers::ask_about_existing(const flow::LocalProject& project, ExportForm form,
                                   const fs::path& to) {
    const MessageBar::Action other{tr("Choose another"),
                                   [this, project, form] { choose_export(project, form); }};
    if (form != ExportForm::folder) {
        messages_.show_message(Tone::warn, tr("%1 is there already.").arg(to_qt(to.string())),
                               {other, {tr("Replace it"), [this, project, form, to] {
                                            write(project, form, to, true);
                                        }}});
        return;
    }
    // A folder that is not empty is never written into; one in it may be made.
    const fs::path inside = to / (project.name + "-configuration");
    messages_.show_message(
        Tone::warn, tr("%1 is not empty.").arg(to_qt(to.string())),
        {{tr("Make %1 in it").arg(name_of(inside)),
          [this, project, form, inside] { write(project, form, inside, false); }},
         other});
}

void Transfers::tell_exported(ExportForm form, const fs::path& to,
                              const TransferServices::Exported& exported, bool unsaved) {
    const QString where = to_qt(to.string());
    if (form == ExportForm::signed_file) {
        messages_.show_message(Tone::good, tr("Exported to %1. It holds no secret; anyone can "
                                              "verify it offline.")
                                               .arg(where));
        return;
    }
    QString sentence = tr("Exported to %1: %2, %L3 bytes.")
                           .arg(where, files_text(exported.files))
                           .arg(static_cast<qulonglong>(exported.bytes));
    if (exported.left_out > 0) {
        sentence +=
            QLatin1Char(' ') + (form == ExportForm::one_file
                                    ? tr("What is no YAML, or git ignores, is not in it: %1.")
                                          .arg(files_text(exported.left_out))
                                    : not_taken(exported.left_out));
    }
    if (unsaved) {
        sentence += QLatin1Char(' ') + tr("Edits that are not saved are not in it.");
    }
    messages_.show_message(unsaved ? Tone::warn : Tone::good, sentence);
}

} // namespace tau::ui
