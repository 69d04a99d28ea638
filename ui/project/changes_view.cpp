#include "ui/project/changes_view.h"

#include "ui/common/page.h"
#include "ui/common/text.h"
#include "ui/project/unsaved_edits.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QShortcut>
#include <QSplitter>
#include <QVBoxLayout>

namespace tau::ui {

namespace {

const QString layout_key = QStringLiteral("diff/side-by-side");
constexpr int message_lines = 4;
constexpr qsizetype most_named = 5;

} // namespace

ChangesView::ChangesView(Services& services, QWidget* parent)
    : ProjectTab(parent), services_(services), pages_(new QStackedWidget), error_(new ErrorView),
      messages_(new MessageBar), unsaved_row_(new QWidget), unsaved_text_(make_label({})),
      submodules_(make_label({})), model_(new ChangesModel(this)), list_(new QTreeView),
      diff_(new DiffView), message_(new QPlainTextEdit), author_(new AuthorLine(services)),
      reason_(make_label({}, QStringLiteral("caption"))),
      commit_(make_button(tr("Co&mmit"), ButtonKind::primary, QStringLiteral("check"))),
      discard_(make_button(tr("&Discard…"), ButtonKind::quiet)),
      discard_all_(make_button(tr("Discard all…"), ButtonKind::quiet)),
      nothing_(new EmptyState(QStringLiteral("done"), tr("Nothing to commit"),
                              tr("Every file of both clones is as it was committed."))),
      no_clone_(new EmptyState(QStringLiteral("repository"), tr("There is no clone here"),
                               tr("Clone the repositories first; then changes show here."))) {
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(space::xl, space::l, space::xl, space::l);
    box->setSpacing(space::s);
    box->addWidget(error_);
    box->addWidget(messages_);
    box->addWidget(make_unsaved_row());
    set_tone(submodules_, Tone::warn);
    submodules_->hide();
    box->addWidget(submodules_);
    auto* split = new QSplitter(Qt::Horizontal);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::m);
    split->addWidget(make_files());
    split->addWidget(diff_);
    split->setStretchFactor(0, 2);
    split->setStretchFactor(1, 3);
    for (QWidget* page : {static_cast<QWidget*>(split), static_cast<QWidget*>(nothing_),
                          static_cast<QWidget*>(no_clone_)}) {
        pages_->addWidget(page);
    }
    box->addWidget(pages_, 1);
    diff_->set_layout(services_.setting(layout_key).toBool() ? DiffModel::Layout::side_by_side
                                                             : DiffModel::Layout::unified);
    connect(diff_, &DiffView::layout_chosen, this, [this](DiffModel::Layout layout) {
        services_.set_setting(layout_key, layout == DiffModel::Layout::side_by_side);
    });
    connect(model_, &ChangesModel::choice_changed, this, &ChangesView::refresh_commit);
    connect(message_, &QPlainTextEdit::textChanged, this, &ChangesView::refresh_commit);
    connect(author_, &AuthorLine::author_changed, this, &ChangesView::refresh_commit);
    connect(commit_, &QPushButton::clicked, this, &ChangesView::commit);
    refresh_commit();
}

/// Edits are no files yet, so that they cannot be among the changes.
QWidget* ChangesView::make_unsaved_row() {
    auto* row = new QHBoxLayout(unsaved_row_);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::s);
    auto* mark = new IconLabel;
    mark->set(QStringLiteral("warning"), Tone::warn);
    row->addWidget(mark, 0, Qt::AlignVCenter);
    row->addWidget(unsaved_text_, 1);
    auto* save = make_button(tr("Save"));
    auto* show = make_button(tr("Show the edits"), ButtonKind::quiet);
    row->addWidget(save);
    row->addWidget(show);
    connect(save, &QPushButton::clicked, this, [this] { unsaved_->save(); });
    connect(show, &QPushButton::clicked, this, [this] { unsaved_->show(); });
    unsaved_row_->hide();
    return unsaved_row_;
}

void ChangesView::refresh_unsaved() {
    const std::size_t files = unsaved_ != nullptr ? unsaved_->files() : 0;
    unsaved_text_->setText(
        files == 1
            ? tr("1 file is edited and not saved, so it is not among the changes here.")
            : tr("%1 files are edited and not saved, so they are not among the changes here.")
                  .arg(files));
    unsaved_row_->setVisible(files > 0);
}

QString ChangesView::unsaved_sentence() const {
    return unsaved_row_->isHidden() ? QString() : unsaved_text_->text();
}

/// What a commit made here leaves out, so that it is not taken for committed.
void ChangesView::show_submodules(const std::vector<flow::CloneState>& states) {
    QStringList names;
    for (const flow::CloneState& state : states) {
        for (const std::string& path : state.status.submodules) {
            names << tr("%1 (%2)").arg(to_qt(path), role_name(state.role));
        }
    }
    const qsizetype count = names.size();
    if (count > most_named) {
        names = names.mid(0, most_named) << QStringLiteral("…");
    }
    submodules_->setText(
        (count == 1 ? tr("The submodule %1 is not as it was committed, and a commit from here "
                         "leaves it out. Commit it with git itself.")
                    : tr("The submodules %1 are not as they were committed, and a commit from here "
                         "leaves them out. Commit them with git itself."))
            .arg(names.join(QStringLiteral(", "))));
    submodules_->setVisible(count > 0);
}

QString ChangesView::submodules_sentence() const {
    return submodules_->isHidden() ? QString() : submodules_->text();
}

QWidget* ChangesView::make_files() {
    auto* side = new QWidget;
    auto* box = new QVBoxLayout(side);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(space::s);
    list_->setModel(model_);
    list_->setAccessibleName(tr("Changed files"));
    list_->setHeaderHidden(true);
    list_->setUniformRowHeights(true);
    list_->setRootIsDecorated(false);
    list_->setItemsExpandable(false);
    list_->setIndentation(space::l);
    list_->setTextElideMode(Qt::ElideMiddle);
    list_->header()->setStretchLastSection(false);
    list_->header()->setSectionResizeMode(ChangesModel::file_column, QHeaderView::Stretch);
    list_->header()->setSectionResizeMode(ChangesModel::state_column,
                                          QHeaderView::ResizeToContents);
    connect(list_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &ChangesView::show_file);
    box->addWidget(list_, 1);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::s);
    discard_->setToolTip(tr("The shown file as it was committed (Delete)"));
    discard_all_->setToolTip(tr("Every file of both clones as it was committed"));
    row->addWidget(discard_);
    row->addWidget(discard_all_);
    row->addStretch(1);
    box->addLayout(row);
    connect(discard_, &QPushButton::clicked, this, [this] { ask_discard(false); });
    connect(discard_all_, &QPushButton::clicked, this, [this] { ask_discard(true); });
    auto* key = new QShortcut(QKeySequence(Qt::Key_Delete), list_);
    key->setContext(Qt::WidgetShortcut);
    connect(key, &QShortcut::activated, this, [this] { ask_discard(false); });
    box->addWidget(make_commit_box());
    return side;
}

QWidget* ChangesView::make_commit_box() {
    auto* card = new Card;
    card->box()->setContentsMargins(space::m, space::m, space::m, space::m);
    auto* label = new QLabel(tr("Mess&age"));
    label->setBuddy(message_);
    card->box()->addWidget(label);
    message_->setAccessibleName(tr("Message of the commit"));
    message_->setPlaceholderText(tr("What was changed, and why"));
    message_->setTabChangesFocus(true);
    const int line = fontMetrics().lineSpacing();
    message_->setMinimumHeight(line + 2 * space::s); // in a small window
    message_->setMaximumHeight(message_lines * line + 2 * space::s);
    card->box()->addWidget(message_);
    card->box()->addWidget(author_);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::s);
    row->addWidget(reason_, 1);
    row->addWidget(commit_);
    card->box()->addLayout(row);
    auto* quick = new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this);
    quick->setContext(Qt::WidgetWithChildrenShortcut);
    connect(quick, &QShortcut::activated, commit_, &QPushButton::click);
    return card;
}

void ChangesView::show_project(const flow::LocalProject& project) {
    project_ = project;
    shown_.reset();
    error_->clear();
    messages_->close_message();
    discard_job_.drop();
    message_->clear();
    model_->set_states({});
    show_submodules({});
    author_->show_project(project);
    diff_->show_nothing(tr("Choose a file to see what changed in it."));
    if (project.configuration.empty() && project.code.empty()) {
        pages_->setCurrentWidget(no_clone_);
        return;
    }
    pages_->setCurrentWidget(nothing_);
    enter();
}

void ChangesView::enter() {
    if (project_.configuration.empty() && project_.code.empty()) {
        return;
    }
    refresh_unsaved();
    look_job_.start(
        [&git = services_.git(), project = project_](std::stop_token) { return git.look(project); },
        [this](const Result<std::vector<flow::CloneState>>& states) { show_states(states); });
}

bool ChangesView::is_empty() const {
    return pages_->currentWidget() == nothing_;
}

QWidget* ChangesView::first_input() const {
    return pages_->currentIndex() == 0 ? static_cast<QWidget*>(list_) : nothing_;
}

void ChangesView::show_states(const Result<std::vector<flow::CloneState>>& states) {
    if (!states) {
        error_->show_error(states.error(), false);
        look_failed_ = true;
        return;
    }
    if (look_failed_) { // why a commit was refused stays to be read
        error_->clear();
        look_failed_ = false;
    }
    const auto before = shown_;
    const bool had_focus = list_->hasFocus();
    model_->set_states(*states);
    show_submodules(*states);
    list_->expandAll();
    if (model_->file_count() == 0) {
        shown_.reset();
        pages_->setCurrentWidget(nothing_);
        return;
    }
    pages_->setCurrentIndex(0);
    QModelIndex current;
    if (before) {
        current = model_->index_of(before->role, before->change.path);
    }
    if (!current.isValid()) {
        current = model_->index(0, 0, model_->index(0, 0));
    }
    shown_.reset();
    list_->setCurrentIndex(current);
    if (had_focus) {
        list_->setFocus(Qt::OtherFocusReason);
    }
}

void ChangesView::show_file(const QModelIndex& index) {
    shown_ = model_->file_at(index);
    discard_->setEnabled(shown_.has_value());
    if (!shown_) {
        diff_job_.drop();
        diff_->show_nothing(tr("Choose a file to see what changed in it."));
        return;
    }
    diff_job_.start([&git = services_.git(), project = project_, file = *shown_](
                        std::stop_token) { return git.diff(project, file.role, file.change.path); },
                    [this](const Result<git::FileDiff>& diff) { diff_->show_diff(diff); });
}

void ChangesView::refresh_commit() {
    const int chosen = model_->chosen_count();
    const bool worded = !message_->toPlainText().trimmed().isEmpty();
    const bool working = commit_job_.running();
    const bool named = author_->is_named();
    commit_->setEnabled(chosen > 0 && worded && named && !working);
    reason_->setText(working       ? tr("Committing…")
                     : chosen == 0 ? tr("No file is chosen.")
                     : !worded     ? tr("A message is missing.")
                     : !named      ? tr("An author is missing.")
                     : chosen == 1 ? tr("One file")
                                   : tr("%1 files").arg(chosen));
}

void ChangesView::commit() {
    if (!commit_->isEnabled()) {
        return;
    }
    error_->clear();
    commit_job_.start([&git = services_.git(), project = project_, chosen = model_->chosen(),
                       author = author_->author(), message = to_utf8(message_->toPlainText())](
                          std::stop_token) { return git.commit(project, chosen, author, message); },
                      [this](const Result<void>& done) {
                          if (done) {
                              message_->clear();
                              announce(this, tr("Committed."));
                          } else {
                              error_->show_error(done.error());
                          }
                          refresh_commit();
                          Q_EMIT project_changed();
                      });
    refresh_commit();
}

void ChangesView::ask_discard(bool all) {
    if (unsaved_ != nullptr && unsaved_->hold_back(tr("discarding changes"))) {
        return;
    }
    const auto files = all ? model_->all() : std::vector<ChangesModel::File>();
    if (discard_job_.running() || (all ? files.empty() : !shown_)) {
        return;
    }
    const bool is_new = !all && (shown_->change.state == git::FileState::untracked ||
                                 shown_->change.state == git::FileState::added);
    const QString sentence =
        all ? tr("Discard the changes of all %1 files, in both clones? They go back to the last "
                 "commit; new files are deleted.")
                  .arg(files.size())
        : is_new ? tr("Delete %1? It was never committed.").arg(to_qt(shown_->change.path))
                 : tr("Discard the changes of %1? It goes back to the last commit.")
                       .arg(to_qt(shown_->change.path));
    std::vector<flow::ChosenFiles> chosen;
    for (const vault::Role role : {vault::Role::configuration, vault::Role::code}) {
        flow::ChosenFiles here{role, {}};
        for (const ChangesModel::File& file : all ? files : std::vector{*shown_}) {
            if (file.role == role) {
                here.files.push_back(file.change.path);
            }
        }
        chosen.push_back(std::move(here));
    }
    messages_->show_message(
        Tone::warn, sentence,
        {{tr("Keep"), [this] { list_->setFocus(Qt::OtherFocusReason); }},
         {is_new ? tr("Delete") : tr("Discard"), [this, chosen] { discard(chosen); }}});
}

void ChangesView::discard(const std::vector<flow::ChosenFiles>& chosen) {
    error_->clear();
    discard_job_.start([&git = services_.git(), project = project_,
                        chosen](std::stop_token) { return git.discard(project, chosen); },
                       [this](const Result<std::vector<flow::DiscardedFiles>>& done) {
                           if (done) {
                               offer_return(*done);
                           } else {
                               error_->show_error(done.error());
                           }
                           Q_EMIT project_changed();
                       });
}

void ChangesView::offer_return(const std::vector<flow::DiscardedFiles>& discarded) {
    messages_->show_message(
        Tone::good, tr("Discarded."),
        {{tr("Bring it back"), [this, discarded] {
              if (unsaved_ != nullptr && unsaved_->hold_back(tr("bringing it back"))) {
                  offer_return(discarded);
                  return;
              }
              discard_job_.start(
                  [&git = services_.git(), project = project_, discarded](std::stop_token) {
                      return git.bring_back(project, discarded);
                  },
                  [this](const Result<void>& done) {
                      if (!done) {
                          error_->show_error(done.error());
                      }
                      Q_EMIT project_changed();
                  });
          }}});
}

} // namespace tau::ui
