#include "ui/project/history_view.h"

#include "ui/common/page.h"
#include "ui/common/text.h"
#include "ui/project/changes_model.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QSplitter>
#include <QVBoxLayout>

namespace tau::ui {

namespace {

constexpr std::size_t page_size = 200;
constexpr int most_message_lines = 8;

} // namespace

HistoryView::HistoryView(Services& services, QWidget* parent)
    : ProjectTab(parent), services_(services), pages_(new QStackedWidget), error_(new ErrorView),
      side_(new QComboBox), branch_(new BranchChoice(services)), model_(new HistoryModel(this)),
      list_(new QTableView), message_(make_label({})),
      author_(make_label({}, QStringLiteral("caption"))), id_(new KeyLabel(tr("commit id"))),
      files_(new QListWidget), diff_(new DiffView),
      nothing_(new EmptyState(QStringLiteral("repository"), tr("No commits here"),
                              tr("Once something is committed, it shows here with its author."))) {
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(space::xl, space::l, space::xl, space::l);
    box->setSpacing(space::s);
    box->addWidget(error_);
    auto* top = new QHBoxLayout;
    auto* label = new QLabel(tr("Repositor&y"));
    label->setBuddy(side_);
    side_->setAccessibleName(tr("Repository"));
    top->addWidget(label);
    top->addWidget(side_);
    auto* branch_label = new QLabel(tr("&Branch"));
    branch_label->setBuddy(branch_);
    top->addWidget(branch_label);
    top->addWidget(branch_);
    top->addStretch(1);
    box->addLayout(top);
    auto* split = new QSplitter(Qt::Vertical);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::m);
    split->addWidget(make_list());
    split->addWidget(make_details());
    split->setStretchFactor(0, 2);
    split->setStretchFactor(1, 3);
    pages_->addWidget(split);
    pages_->addWidget(nothing_);
    box->addWidget(pages_, 1);
    connect(side_, &QComboBox::activated, this, [this] {
        branch_->reset();
        enter();
    });
    connect(branch_, &QComboBox::activated, this, &HistoryView::read);
    connect(model_, &HistoryModel::more_wanted, this, &HistoryView::load);
}

QWidget* HistoryView::make_list() {
    list_->setModel(model_);
    list_->setAccessibleName(tr("Commits, newest first"));
    list_->setSelectionBehavior(QAbstractItemView::SelectRows);
    list_->setSelectionMode(QAbstractItemView::SingleSelection);
    list_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    list_->setShowGrid(false);
    list_->setWordWrap(false);
    list_->setTabKeyNavigation(false);
    list_->verticalHeader()->hide();
    list_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    list_->verticalHeader()->setDefaultSectionSize(space::row);
    QHeaderView* header = list_->horizontalHeader();
    header->setHighlightSections(false);
    header->setSectionsClickable(false);
    header->setSectionResizeMode(HistoryModel::subject_column, QHeaderView::Stretch);
    const QFontMetrics metrics(Theme::get().table_font());
    list_->setColumnWidth(HistoryModel::author_column,
                          metrics.horizontalAdvance(QLatin1Char('m')) * 16);
    list_->setColumnWidth(HistoryModel::time_column,
                          metrics.horizontalAdvance(QStringLiteral("00 mmm 0000 00:00")) +
                              3 * space::s);
    connect(list_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) {
                if (current.isValid()) {
                    show_commit(current.row());
                }
            });
    return list_;
}

QWidget* HistoryView::make_details() {
    auto* details = new QWidget;
    auto* box = new QVBoxLayout(details);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(space::s);
    auto* words = new QHBoxLayout;
    words->setSpacing(space::m);
    auto* left = new QVBoxLayout;
    left->setSpacing(space::xs);
    left->addWidget(message_);
    left->addWidget(author_);
    words->addLayout(left, 1);
    words->addWidget(id_, 0, Qt::AlignTop);
    box->addLayout(words);
    auto* split = new QSplitter(Qt::Horizontal);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::m);
    files_->setAccessibleName(tr("Files of the commit"));
    files_->setTextElideMode(Qt::ElideMiddle);
    files_->setUniformItemSizes(true);
    split->addWidget(files_);
    split->addWidget(diff_);
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 3);
    box->addWidget(split, 1);
    connect(files_, &QListWidget::currentRowChanged, this, &HistoryView::show_file);
    return details;
}

vault::Role HistoryView::role() const {
    return static_cast<vault::Role>(side_->currentData().toInt());
}

QWidget* HistoryView::first_input() const {
    return list_;
}

void HistoryView::show_project(const flow::LocalProject& project) {
    project_ = project;
    shown_.clear();
    side_->clear();
    for (const vault::Role role : {vault::Role::configuration, vault::Role::code}) {
        if (!flow::clone_of(project, role).empty()) {
            side_->addItem(role_name(role), static_cast<int>(role));
        }
    }
    side_->setEnabled(side_->count() > 1);
    branch_->reset();
    enter();
}

void HistoryView::enter() {
    if (side_->count() > 0) {
        branch_->show_branches(project_, role());
    }
    read();
}

void HistoryView::read() {
    error_->clear();
    model_->clear();
    changed_.clear();
    files_->clear();
    message_->clear();
    author_->clear();
    id_->setVisible(false);
    diff_->show_nothing(tr("Choose a commit to see what it changed."));
    if (side_->count() == 0) {
        pages_->setCurrentWidget(nothing_);
        return;
    }
    load(0);
}

void HistoryView::load(std::size_t skip) {
    page_job_.start(
        [&git = services_.git(), project = project_, role = role(), branch = branch_->branch(),
         skip](std::stop_token) { return git.history(project, role, branch, skip, page_size); },
        [this, skip](const Result<git::HistoryPage>& page) {
            if (!page) {
                model_->page_failed();
                error_->show_error(page.error(), false);
                return;
            }
            model_->add_page(*page);
            pages_->setCurrentIndex(model_->rowCount() == 0 ? 1 : 0);
            if (skip == 0 && model_->rowCount() > 0) {
                list_->setCurrentIndex(model_->index(0, 0));
            }
        });
}

void HistoryView::show_commit(int row) {
    const git::Commit& commit = model_->at(row);
    shown_ = commit.id;
    const QStringList lines = to_qt(commit.message).split(QLatin1Char('\n'));
    message_->setText(lines.mid(0, most_message_lines).join(QLatin1Char('\n')));
    message_->setToolTip(lines.size() > most_message_lines ? to_qt(commit.message) : QString());
    author_->setText(
        tr("%1 <%2>, %3")
            .arg(to_qt(commit.author.name), to_qt(commit.author.email), time_text(commit.time)));
    id_->set_value(to_qt(commit.id));
    id_->setVisible(true);
    files_job_.start([&git = services_.git(), project = project_, role = role(),
                      id = shown_](std::stop_token) { return git.files_of(project, role, id); },
                     [this](const Result<git::CommitFiles>& files) { show_files(files); });
}

void HistoryView::show_files(const Result<git::CommitFiles>& files) {
    files_->clear();
    changed_.clear();
    if (!files) {
        error_->show_error(files.error(), false);
        return;
    }
    changed_ = files->files;
    for (const git::FileChange& file : changed_) {
        auto* item = new QListWidgetItem(
            tr("%1 (%2)").arg(to_qt(file.path), state_word(file.state)), files_);
        item->setToolTip(to_qt(file.path));
    }
    if (changed_.empty()) {
        diff_->show_nothing(tr("This commit changed no file."));
    } else {
        files_->setCurrentRow(0);
    }
}

void HistoryView::show_file(int row) {
    if (row < 0 || row >= static_cast<int>(changed_.size())) {
        return;
    }
    diff_job_.start([&git = services_.git(), project = project_, role = role(), id = shown_,
                     path = changed_[static_cast<std::size_t>(row)].path](
                        std::stop_token) { return git.commit_diff(project, role, id, path); },
                    [this](const Result<git::FileDiff>& diff) { diff_->show_diff(diff); });
}

} // namespace tau::ui
