#include "ui/project/merge_view.h"

#include "ui/common/message_bar.h"
#include "ui/common/page.h"
#include "ui/common/text.h"
#include "ui/project/changes_model.h"
#include "ui/project/unsaved_edits.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>

namespace tau::ui {

using git::MergeChoice;
using git::MergeFile;
using Verdict = git::MergeFile::Verdict;

MergeView::MergeView(Services& services, QWidget* parent)
    : ProjectTab(parent), services_(services), error_(new ErrorView),
      heading_(make_label({}, QStringLiteral("heading"))), model_(new MergeModel(this)),
      list_(new QTableView), why_(make_label({})),
      mine_(make_button(tr("&Keep mine"), ButtonKind::quiet)),
      theirs_(make_button(tr("&Take theirs"), ButtonKind::quiet)),
      edit_(make_button(tr("E&dit"), ButtonKind::quiet)), sides_(new QStackedWidget),
      mine_diff_(new DiffView), their_diff_(new DiffView), editor_(new TextEditor),
      message_(new QLineEdit), author_(new AuthorLine(services)),
      reason_(make_label({}, QStringLiteral("caption"))),
      merge_(make_button(tr("&Merge"), ButtonKind::primary, QStringLiteral("check"))) {
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(space::xl, space::l, space::xl, space::l);
    box->setSpacing(space::s);
    box->addWidget(error_);
    box->addWidget(heading_);
    auto* split = new QSplitter(Qt::Horizontal);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::m);
    split->addWidget(make_list());
    split->addWidget(make_choice());
    split->setStretchFactor(0, 2);
    split->setStretchFactor(1, 5);
    box->addWidget(split, 1);
    box->addWidget(make_footer());
    connect(model_, &MergeModel::decided, this, &MergeView::refresh);
    connect(author_, &AuthorLine::author_changed, this, &MergeView::refresh);
    refresh();
}

QWidget* MergeView::make_list() {
    list_->setModel(model_);
    list_->setAccessibleName(tr("Files that differ"));
    list_->setSelectionBehavior(QAbstractItemView::SelectRows);
    list_->setSelectionMode(QAbstractItemView::SingleSelection);
    list_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    list_->setShowGrid(false);
    list_->setWordWrap(false);
    list_->setTextElideMode(Qt::ElideMiddle);
    list_->setTabKeyNavigation(false);
    list_->verticalHeader()->hide();
    list_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    list_->verticalHeader()->setDefaultSectionSize(space::row);
    list_->horizontalHeader()->setHighlightSections(false);
    list_->horizontalHeader()->setSectionsClickable(false);
    list_->horizontalHeader()->setSectionResizeMode(MergeModel::file_column, QHeaderView::Stretch);
    list_->horizontalHeader()->setSectionResizeMode(MergeModel::outcome_column,
                                                    QHeaderView::ResizeToContents);
    connect(list_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) { show_file(current.row()); });
    return list_;
}

QWidget* MergeView::make_choice() {
    auto* side = new QWidget;
    auto* box = new QVBoxLayout(side);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(space::s);
    box->addWidget(why_);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::s);
    for (const auto& [button, choice] : {std::pair(mine_, MergeChoice::Take::ours),
                                         {theirs_, MergeChoice::Take::theirs},
                                         {edit_, MergeChoice::Take::text}}) {
        button->setCheckable(true);
        connect(button, &QPushButton::clicked, this, [this, button = button, choice = choice] {
            button->setChecked(true); // a second press takes nothing back
            take(choice);
        });
        row->addWidget(button);
    }
    row->addStretch(1);
    box->addLayout(row);
    auto* both = new QSplitter(Qt::Vertical);
    both->setChildrenCollapsible(false);
    both->addWidget(mine_diff_);
    both->addWidget(their_diff_);
    sides_->addWidget(both);
    editor_->setAccessibleName(tr("The file's text after the merge"));
    connect(editor_, &QPlainTextEdit::textChanged, this, [this] {
        // A new colour of the text is a change to Qt, and is none.
        const auto choice = filling_ || row_ < 0 ? std::nullopt : model_->choice_at(row_);
        if (choice && choice->take == MergeChoice::Take::text) {
            if (const std::string text = to_utf8(editor_->text()); text != choice->text) {
                model_->set_text(row_, text);
            }
        }
    });
    sides_->addWidget(editor_);
    box->addWidget(sides_, 1);
    return side;
}

QWidget* MergeView::make_footer() {
    auto* card = new Card;
    auto* words = new QHBoxLayout;
    words->setSpacing(space::s);
    auto* label = new QLabel(tr("Mess&age"));
    label->setBuddy(message_);
    message_->setAccessibleName(tr("Message of the commit"));
    words->addWidget(label);
    words->addWidget(message_, 1);
    card->box()->addLayout(words);
    card->box()->addWidget(author_);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::s);
    row->addWidget(reason_, 1);
    auto* later = make_button(tr("Not now"));
    connect(later, &QPushButton::clicked, this, &MergeView::put_off);
    connect(merge_, &QPushButton::clicked, this, &MergeView::merge);
    row->addWidget(later);
    row->addWidget(merge_);
    card->box()->addLayout(row);
    connect(message_, &QLineEdit::textChanged, this, &MergeView::refresh);
    return card;
}

void MergeView::show_project(const flow::LocalProject& project) {
    project_ = project;
    author_->show_project(project);
}

void MergeView::show_merge(const flow::LocalProject& project,
                           const std::vector<flow::Pulled>& pulled) {
    show_project(project);
    error_->clear();
    pulled_ = pulled;
    row_ = -1;
    QString branch;
    for (const flow::Pulled& one : pulled_) {
        branch = one.merge ? to_qt(one.merge->branch) : branch;
    }
    heading_->setText(tr("Both sides changed %1 since they were last together").arg(branch));
    message_->setText(tr("Merge the changes of %1 at the git host").arg(branch));
    model_->set_pulled(pulled_);
    if (model_->rowCount() > 0) {
        list_->setCurrentIndex(model_->index(0, 0));
    }
    refresh();
}

/// A merge that is just being made goes on, and its end is nothing to this view any more.
void MergeView::drop() {
    error_->clear();
    project_ = {};
    pulled_.clear();
    row_ = -1;
    model_->set_pulled(pulled_);
}

void MergeView::put_off() {
    const auto leave = [this] {
        drop();
        Q_EMIT closed();
    };
    if (unsaved_ == nullptr || !unsaved_->hold_merge(tr("Throw it away"), leave)) {
        leave();
    }
}

void MergeView::show_file(int row) {
    row_ = row;
    if (row < 0) {
        return;
    }
    const MergeFile& file = model_->file_at(row);
    why_->setText(file.verdict == Verdict::ours
                      ? tr("Only you changed it, or both sides did the same.")
                  : file.verdict == Verdict::theirs ? tr("Only the other side changed it.")
                  : file.verdict == Verdict::merged
                      ? tr("Both sides changed it in different places; the changes fit together.")
                      : to_qt(file.why));
    const bool open = model_->is_open(row);
    mine_->setVisible(open);
    theirs_->setVisible(open);
    edit_->setVisible(open && file.is_text && file.in_ours && file.in_theirs);
    mine_diff_->show_nothing(open ? QString() : tr("There is nothing to decide."));
    their_diff_->setVisible(open);
    show_choice();
    if (!open) {
        return;
    }
    using Both = std::pair<Result<git::FileDiff>, Result<git::FileDiff>>;
    diff_job_.start(
        [file](std::stop_token) {
            return Both{git::diff_texts("mine: " + file.path, file.base.value_or(""),
                                        file.ours.value_or("")),
                        git::diff_texts("theirs: " + file.path, file.base.value_or(""),
                                        file.theirs.value_or(""))};
        },
        [this](const Both& both) {
            mine_diff_->show_diff(both.first);
            their_diff_->show_diff(both.second);
        });
}

void MergeView::show_choice() {
    const auto& choice = model_->choice_at(row_);
    using Take = MergeChoice::Take;
    mine_->setChecked(choice && choice->take == Take::ours);
    theirs_->setChecked(choice && choice->take == Take::theirs);
    const bool edited = choice && choice->take == Take::text;
    edit_->setChecked(edited);
    if (edited) {
        filling_ = true;
        editor_->set_language(Highlighter::language_of(to_qt(model_->file_at(row_).path)));
        editor_->setUndoRedoEnabled(false); // what was typed for another file is not undone here
        editor_->set_text(to_qt(choice->text));
        editor_->setUndoRedoEnabled(true);
        filling_ = false;
    }
    sides_->setCurrentIndex(edited ? 1 : 0);
}

void MergeView::take(MergeChoice::Take choice) {
    if (row_ < 0 || !model_->is_open(row_)) {
        return;
    }
    // What is taken already stays as it is, with what can be undone in its text.
    if (const auto& before = model_->choice_at(row_); !before || before->take != choice) {
        model_->choose(row_, choice);
        show_choice();
    }
    if (choice == MergeChoice::Take::text) {
        editor_->setFocus(Qt::OtherFocusReason);
    }
}

void MergeView::refresh() {
    const int open = model_->undecided();
    const bool working = merge_job_.running();
    const bool worded = !message_->text().trimmed().isEmpty();
    const bool named = author_->is_named();
    const bool is_there = std::any_of(pulled_.begin(), pulled_.end(), [](const flow::Pulled& one) {
        return one.merge.has_value();
    });
    merge_->setEnabled(open == 0 && worded && named && !working && is_there);
    reason_->setText(working     ? tr("Merging…")
                     : open == 1 ? tr("One file needs your choice.")
                     : open > 1  ? tr("%1 files need your choice.").arg(open)
                     : !worded   ? tr("A message is missing.")
                     : !named    ? tr("An author is missing.")
                                 : tr("Nothing is changed before you press Merge."));
}

/// One clone is merged and the other could not be: only that one is left to do, here or, after
/// "Not now", with the next pull.
void MergeView::keep_rest(const std::vector<vault::Role>& merged) {
    if (merged.empty()) {
        return;
    }
    std::erase_if(pulled_, [&](const flow::Pulled& one) {
        return std::find(merged.begin(), merged.end(), one.role) != merged.end();
    });
    model_->take_out(merged);
    row_ = -1;
    list_->setCurrentIndex(model_->index(0, 0));
    heading_->setText(tr("%1 is merged; %2 is not yet. Mend what stands in the way and press Merge "
                         "again, or pull again later.")
                          .arg(role_name(merged.front()), role_name(pulled_.front().role)));
}

void MergeView::merge() {
    if (!merge_->isEnabled() || (unsaved_ != nullptr && unsaved_->hold_back(tr("merging")))) {
        return;
    }
    error_->clear();
    struct Outcome {
        std::vector<vault::Role> merged;
        std::optional<Error> error;
    };
    struct Order {
        vault::Role role;
        git::MergePlan plan;
        std::vector<MergeChoice> choices;
    };
    std::vector<Order> orders;
    for (const flow::Pulled& one : pulled_) {
        if (one.merge) {
            orders.push_back({one.role, *one.merge, model_->choices(one.role)});
        }
    }
    merge_job_.start(
        [&git = services_.git(), project = project_, orders = std::move(orders),
         author = author_->author(), message = to_utf8(message_->text())](std::stop_token) {
            Outcome outcome;
            for (const Order& order : orders) {
                auto made =
                    git.merge(project, order.role, order.plan, order.choices, author, message);
                if (!made) {
                    outcome.error = made.error();
                    break;
                }
                outcome.merged.push_back(order.role);
            }
            return outcome;
        },
        [this, project = project_](const Outcome& outcome) {
            refresh();
            if (!is_same(project, project_)) {
                if (outcome.error) {
                    Error error = *outcome.error;
                    error.message =
                        to_utf8(tr("%1: %2").arg(to_qt(project.name), to_qt(error.message)));
                    Q_EMIT failed_elsewhere(error);
                }
                Q_EMIT project_changed();
                return;
            }
            if (outcome.error) {
                keep_rest(outcome.merged);
                error_->show_error(*outcome.error);
                if (!outcome.merged.empty()) {
                    Q_EMIT project_changed();
                }
                return;
            }
            announce(this, tr("Merged."));
            Q_EMIT project_changed();
            drop();
            Q_EMIT closed();
        });
    refresh();
}

} // namespace tau::ui
