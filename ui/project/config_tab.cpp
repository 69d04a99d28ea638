#include "ui/project/config_tab.h"

#include "ui/common/error_view.h"
#include "ui/common/page.h"
#include "ui/common/text.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QMenu>
#include <QShortcut>
#include <QVBoxLayout>

namespace tau::ui {

namespace {

constexpr int text_pause_ms = 350;   ///< after which what is typed as YAML is read
constexpr int lists_pause_ms = 60;   ///< tree and problems follow an edit at most so late
constexpr int burst_pause_ms = 1500; ///< typing after such a pause is a step of its own

QToolButton* tool(const QString& icon_name, const QString& name) {
    auto* button = new QToolButton;
    button->setIcon(icon(icon_name, Tone::muted));
    button->setAccessibleName(name);
    button->setToolTip(name);
    button->setFocusPolicy(Qt::StrongFocus);
    return button;
}

} // namespace

ConfigTab::ConfigTab(Services& services, ConfigServices& config, QWidget* parent)
    : ProjectTab(parent), services_(services), config_(config), pages_(new QStackedWidget),
      work_(new QWidget),
      no_clone_(new EmptyState(QStringLiteral("repository"), tr("There is no clone here"),
                               tr("Clone the repositories first; then they can be edited."))),
      error_(new ErrorView), messages_(new MessageBar), prompt_(new PromptRow),
      model_(new ResourceModel(this)), filter_(new QSortFilterProxyModel(this)),
      tree_(new QTreeView), search_(new QLineEdit), right_(new QStackedWidget),
      title_(make_label({}, QStringLiteral("heading"))),
      caption_(new ElidedLabel(QStringLiteral("caption"))), views_(new QTabWidget),
      form_(new ResourceForm), yaml_(new TextEditor), code_(new CodeView),
      completion_(new Completion(
          *yaml_, [this](std::string_view text, std::size_t at) { return complete(text, at); })),
      new_(new NewResource), nothing_(make_label(tr("Choose something in the tree."))),
      problems_(new ProblemStrip), status_(make_label({}, QStringLiteral("caption"))),
      save_(make_button(tr("&Save"), ButtonKind::primary)),
      undo_(tool(QStringLiteral("undo"), tr("Undo"))),
      redo_(tool(QStringLiteral("redo"), tr("Redo"))) {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(space::xl, space::l, space::xl, space::l);
    outer->setSpacing(space::s);
    outer->addWidget(error_);
    auto* box = new QVBoxLayout(work_);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(space::s);
    make_bar(*box);
    box->addWidget(messages_);
    box->addWidget(prompt_);
    auto* split = new QSplitter(Qt::Horizontal);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::m);
    split->addWidget(make_side());
    set_tone(nothing_, Tone::muted);
    nothing_->setAlignment(Qt::AlignCenter);
    for (QWidget* page :
         {make_document(), static_cast<QWidget*>(new_), static_cast<QWidget*>(nothing_)}) {
        right_->addWidget(page);
    }
    split->addWidget(right_);
    split->setStretchFactor(1, 1);
    split->setSizes({space::field_width * 4 / 5, space::field_width * 2});
    box->addWidget(split, 1);
    box->addWidget(problems_);
    auto* waiting = make_label(tr("Reading the configuration…"));
    set_tone(waiting, Tone::muted);
    waiting->setAlignment(Qt::AlignCenter);
    for (QWidget* page :
         {work_, static_cast<QWidget*>(no_clone_), static_cast<QWidget*>(waiting)}) {
        pages_->addWidget(page);
    }
    outer->addWidget(pages_, 1);
    right_->setCurrentWidget(nothing_);
    pages_->setCurrentIndex(2);
    make_keys();
    connect_parts();
}

void ConfigTab::make_bar(QVBoxLayout& box) {
    auto* row = new QHBoxLayout;
    row->setSpacing(space::s);
    auto* add = make_button(tr("&New"), ButtonKind::plain, QStringLiteral("plus"));
    add->setToolTip(tr("A new resource or application (Ctrl+Shift+N)"));
    connect(add, &QPushButton::clicked, this, &ConfigTab::ask_new);
    row->addWidget(add);
    auto* more = new QToolButton;
    more->setText(tr("&Actions"));
    more->setPopupMode(QToolButton::InstantPopup);
    more->setFocusPolicy(Qt::StrongFocus);
    auto* menu = new QMenu(more);
    connect(menu, &QMenu::aboutToShow, this, [this, menu] {
        menu->clear();
        make_menu(*menu);
    });
    more->setMenu(menu);
    row->addWidget(more);
    status_->setWordWrap(false);
    row->addWidget(status_, 1, Qt::AlignRight);
    row->addWidget(undo_);
    row->addWidget(redo_);
    save_->setToolTip(tr("Write the changed files into the clones (Ctrl+S)"));
    row->addWidget(save_);
    box.addLayout(row);
}

QWidget* ConfigTab::make_side() {
    auto* side = new QWidget;
    auto* box = new QVBoxLayout(side);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(space::s);
    search_->setClearButtonEnabled(true);
    auto* label = new QLabel(tr("Sea&rch"));
    label->setBuddy(search_);
    search_->setAccessibleName(tr("Search resources"));
    auto* row = new QHBoxLayout;
    row->setSpacing(space::s);
    row->addWidget(label);
    row->addWidget(search_, 1);
    box->addLayout(row);
    filter_->setSourceModel(model_);
    filter_->setRecursiveFilteringEnabled(true);
    filter_->setFilterRole(ResourceModel::search_role);
    filter_->setFilterCaseSensitivity(Qt::CaseInsensitive);
    tree_->setModel(filter_);
    tree_->setAccessibleName(tr("Applications and resources"));
    tree_->setHeaderHidden(true);
    tree_->setUniformRowHeights(true);
    tree_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    tree_->setIndentation(space::l);
    tree_->setContextMenuPolicy(Qt::CustomContextMenu);
    tree_->setMinimumWidth(space::field_width / 2);
    box->addWidget(tree_, 1);
    return side;
}

QWidget* ConfigTab::make_document() {
    auto* page = new QWidget;
    auto* box = new QVBoxLayout(page);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(space::xs);
    auto* head = new QHBoxLayout;
    head->setSpacing(space::m);
    title_->setWordWrap(false);
    head->addWidget(title_);
    head->addWidget(caption_, 1, Qt::AlignBottom);
    box->addLayout(head);
    auto* both = new QSplitter(Qt::Horizontal);
    both->setChildrenCollapsible(false);
    both->setHandleWidth(space::m);
    both->addWidget(form_);
    yaml_->setAccessibleName(tr("YAML text"));
    yaml_->setPlaceholderText(tr("Ctrl+Space offers what can stand here"));
    yaml_->set_language(Highlighter::Language::yaml);
    both->addWidget(yaml_);
    both->setStretchFactor(0, 1);
    both->setStretchFactor(1, 1);
    both->setSizes({1000, 1000});
    both->setContentsMargins(0, space::s, 0, 0);
    views_->setDocumentMode(true);
    set_role(views_, QStringLiteral("inner"));
    views_->setAccessibleName(tr("Settings or code"));
    views_->tabBar()->setDrawBase(false);
    views_->tabBar()->setExpanding(false);
    views_->tabBar()->setAccessibleName(tr("Settings or code"));
    let_tab_pass(*views_);
    form_->set_next(yaml_);
    views_->addTab(both, tr("Settings"));
    views_->addTab(code_, tr("Code"));
    box->addWidget(views_, 1);
    return page;
}

void ConfigTab::make_keys() {
    const auto key = [this](const QKeySequence& keys, auto&& act) {
        auto* shortcut = new QShortcut(keys, this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, act);
    };
    key(QKeySequence::Undo, &ConfigTab::undo);
    key(QKeySequence::Redo, &ConfigTab::redo);
    key(QKeySequence::Save, &ConfigTab::save);
    key(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_N), &ConfigTab::ask_new);
    key(QKeySequence(Qt::Key_F2), &ConfigTab::ask_rename);
    key(QKeySequence(Qt::CTRL | Qt::Key_D), &ConfigTab::ask_clone);
    key(QKeySequence::Find, [this] {
        search_->setFocus(Qt::ShortcutFocusReason);
        search_->selectAll();
    });
    auto* remove = new QShortcut(QKeySequence(Qt::Key_Delete), tree_); // not Ctrl+D, too
    remove->setContext(Qt::WidgetShortcut);
    connect(remove, &QShortcut::activated, this, &ConfigTab::ask_delete);
    search_->installEventFilter(this);
}

void ConfigTab::connect_parts() {
    connect(undo_, &QToolButton::clicked, this, &ConfigTab::undo);
    connect(redo_, &QToolButton::clicked, this, &ConfigTab::redo);
    connect(save_, &QPushButton::clicked, this, &ConfigTab::save);
    connect(search_, &QLineEdit::textChanged, this, &ConfigTab::search_for);
    connect(tree_, &QTreeView::customContextMenuRequested, this, [this](const QPoint& at) {
        auto* menu = new QMenu(tree_);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        make_menu(*menu);
        menu->popup(tree_->viewport()->mapToGlobal(at));
    });
    connect(tree_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex& now) {
                if (const auto* resource = model_->resource_at(filter_->mapToSource(now));
                    resource != nullptr && !showing_) {
                    select(resource->path());
                }
            });
    connect(views_, &QTabWidget::currentChanged, this, &ConfigTab::fill_code);
    connect(problems_, &ProblemStrip::opened, this, &ConfigTab::open_problem);
    connect(problems_, &ProblemStrip::fix_wanted, this, &ConfigTab::fix);
    connect(new_, &NewResource::wanted, this, &ConfigTab::create);
    connect(new_, &NewResource::cancelled, this, [this] {
        right_->setCurrentIndex(path_.empty() ? 2 : 0);
        tree_->setFocus(Qt::OtherFocusReason);
    });
    connect_editors();
}

/// Form, text and code: each says what a person wants of the document.
void ConfigTab::connect_editors() {
    for (const auto& [timer, pause] :
         {std::pair{&text_timer_, text_pause_ms}, std::pair{&lists_timer_, lists_pause_ms},
          std::pair{&burst_timer_, burst_pause_ms}}) {
        timer->setSingleShot(true);
        timer->setInterval(pause);
    }
    connect(&text_timer_, &QTimer::timeout, this, &ConfigTab::take_text);
    connect(&lists_timer_, &QTimer::timeout, this, &ConfigTab::refresh_lists);
    connect(&burst_timer_, &QTimer::timeout, this, [this] { ++burst_; });
    connect(yaml_, &QPlainTextEdit::textChanged, this, [this] {
        // A new colour of the text is a change to Qt, and is none.
        const project::File* file = open_ ? open_->store().file(path_) : nullptr;
        if (!showing_ && !yaml_->isReadOnly() && file != nullptr &&
            to_utf8(yaml_->text()) != file->text()) {
            text_timer_.start();
            refresh_bar();
        }
    });
    form_->set_names([this](const std::string& group) {
        QStringList names;
        for (const std::string& name : names_of(group)) {
            names << to_qt(name);
        }
        return names;
    });
    connect(form_, &ResourceForm::edited, this,
            [this](const project::FieldRow* row, const project::FieldValue& value, bool finished) {
                take_field(*row, value, finished);
            });
    connect(form_, &ResourceForm::suffix_chosen, this, [this](const QString& suffix) {
        services_.set_setting(suffix_key, suffix);
        if (open_) {
            project::CheckOptions options = open_->check_options();
            options.generated_suffix = to_utf8(suffix);
            open_->check_with(std::move(options));
            form_->show_problems(problems_here());
            refresh_lists();
        }
    });
    connect(code_, &CodeView::edited, this, &ConfigTab::take_code);
    connect(code_, &CodeView::editor_wanted, this, [this](const std::string& path) {
        flush();
        if (auto done = config_.open_in_editor(project_.code / path); !done) {
            messages_->show_error(done.error());
        }
    });
}

QWidget* ConfigTab::first_input() const {
    return pages_->currentIndex() == 0 ? static_cast<QWidget*>(tree_)
                                       : const_cast<ConfigTab*>(this);
}

void ConfigTab::show_project(const flow::LocalProject& project) {
    flush();
    project_ = project;
    error_->clear();
    messages_->close_message();
    prompt_->close_prompt();
    right_->setCurrentWidget(nothing_);
    path_.clear();
    code_known_.clear();
    given_.reset();
    read_job_.drop();
    code_job_.drop();
    model_->show(nullptr, nullptr);
    if (project.configuration.empty()) {
        open_.reset();
        pages_->setCurrentWidget(no_clone_);
        return;
    }
    open_ = kept_[project.configuration];
    if (open_) {
        show_workspace();
    } else {
        pages_->setCurrentIndex(2);
    }
    enter();
}

void ConfigTab::enter() {
    if (project_.configuration.empty() || read_job_.running() || save_job_.running()) {
        return; // a save looks again when it is done
    }
    flush();
    struct Answer {
        Result<ConfigServices::Configuration> read;
        std::shared_ptr<project::Workspace> made;
    };
    read_job_.start(
        [&config = config_, project = project_, first = !open_,
         suffix = to_utf8(services_.setting(suffix_key).toString())](std::stop_token stop) {
            Answer answer{config.read(project, stop), nullptr};
            if (answer.read) {
                answer.read->check.generated_suffix = suffix;
            }
            if (answer.read && first) {
                answer.made = std::make_shared<project::Workspace>(
                    std::move(answer.read->store), std::move(answer.read->uncommitted),
                    std::move(answer.read->check));
            }
            return answer;
        },
        [this](Answer answer) { take_read(std::move(answer.read), std::move(answer.made)); });
}

void ConfigTab::take_read(Result<ConfigServices::Configuration> read,
                          std::shared_ptr<project::Workspace> made) {
    if (!read) {
        error_->show_error(read.error());
        if (!open_) {
            pages_->setCurrentWidget(no_clone_);
        }
        return;
    }
    error_->clear();
    if (made) {
        open_ = made;
        kept_[project_.configuration] = std::move(made);
        show_workspace();
        return;
    }
    flush(); // what was typed meanwhile is younger than what was read
    const auto found =
        open_->reload(read->store, std::move(read->uncommitted), std::move(read->check));
    code_known_.clear();
    tell_edited_elsewhere(found.edited);
    if (!found.taken.empty()) {
        rebuild_tree();
    }
    refresh_lists();
    show_document();
}

void ConfigTab::tell_edited_elsewhere(const std::vector<std::string>& paths) {
    if (paths.empty()) {
        return;
    }
    QStringList names;
    for (const std::string& path : paths) {
        names << to_qt(path);
    }
    messages_->show_message(Tone::warn,
                            tr("Another program changed %1, which you edited here too. Your text "
                               "stays and will replace it when you save.")
                                .arg(names.join(QStringLiteral(", "))));
}

void ConfigTab::show_workspace() {
    pages_->setCurrentWidget(work_);
    model_->show(open_.get(), &open_->problems());
    tree_->expandToDepth(0);
    refresh_lists();
    refresh_bar();
    select(open_->store().file("config.yaml") == nullptr && !open_->store().resources().empty()
               ? open_->store().resources().front().path()
               : "config.yaml");
    ask_intake();
}

} // namespace tau::ui
