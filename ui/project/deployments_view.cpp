#include "ui/project/deployments_view.h"

#include "core/vault/directory/summary.h"
#include "ui/common/message_bar.h"
#include "ui/common/text.h"
#include "ui/project/commit_picker.h"
#include "ui/vaults/node_picker.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QShortcut>

#include <algorithm>
#include <set>

namespace tau::ui {

namespace {

/// All columns but the last, which takes the rest.
void fit_to_contents(QTableView& table) {
    for (int column = 0; column + 1 < table.model()->columnCount(); ++column) {
        table.resizeColumnToContents(column);
    }
}

} // namespace

DeploymentsView::DeploymentsView(Services& services, NodeShelf& shelf, QWidget* parent)
    : ProjectTab(parent), services_(services), shelf_(shelf), state_(make_label({})),
      look_(make_button(tr("&Ask again"), ButtonKind::plain, QStringLiteral("retry"))),
      send_(make_button(tr("&Send to the vaults"), ButtonKind::primary, QStringLiteral("export"))),
      stop_(make_button(tr("S&top"))), progress_(new QProgressBar),
      unlock_(new UnlockPanel(services)), error_(new ErrorView), outcomes_(new FindingList),
      add_(make_button(tr("A&dd…"), ButtonKind::plain, QStringLiteral("plus"))),
      edit_(make_button(tr("&Edit…"))), remove_(make_button(tr("&Remove"))),
      model_(new DeploymentsModel(this)), table_(new QTableView), editor_(new DeploymentEditor),
      seen_(new SeenModel(this)), seen_table_(new QTableView), unlisted_(make_label({})) {
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(space::xl, space::l, space::xl, space::l);
    box->setSpacing(space::s);
    auto* top = new QHBoxLayout;
    top->setSpacing(space::s);
    set_tone(state_, Tone::muted);
    top->addWidget(state_, 1);
    top->addWidget(stop_);
    top->addWidget(look_);
    top->addWidget(send_);
    box->addLayout(top);
    progress_->setTextVisible(false);
    progress_->setAccessibleName(tr("Progress"));
    box->addWidget(progress_);
    box->addWidget(unlock_);
    box->addWidget(error_);
    box->addWidget(outcomes_);
    rows_part_ = make_rows();
    seen_part_ = make_seen();
    box->addWidget(rows_part_, 3);
    box->addWidget(editor_);
    box->addWidget(seen_part_, 2);
    box->addStretch(0);
    stop_->hide();
    progress_->hide();
    connect_parts();
}

QWidget* DeploymentsView::make_rows() {
    auto* part = new QWidget;
    auto* box = new QVBoxLayout(part);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(space::s);
    auto* head = new QHBoxLayout;
    head->setSpacing(space::s);
    auto* heading = make_label(tr("What runs where"), QStringLiteral("heading"));
    heading->setWordWrap(false); // else the table would not give way in a small window
    head->addWidget(heading, 1);
    head->addWidget(add_);
    head->addWidget(edit_);
    head->addWidget(remove_);
    box->addLayout(head);
    table_->setModel(model_);
    set_up_table(*table_, tr("What the parts of the network run"));
    nothing_ = new EmptyState(
        QStringLiteral("world"), tr("Nothing runs anywhere"),
        tr("A row says which branch or commit a part of the network runs: everywhere, a region or "
           "one node. The most particular row counts."));
    connect(nothing_->add_action(tr("Add the first ro&w"), true, QStringLiteral("plus")),
            &QPushButton::clicked, this, [this] { edit_row(true); });
    offline_ = new EmptyState(
        QStringLiteral("network"), tr("No vault tells what runs"),
        tr("What the parts of the network run is kept by the vaults. It can be shown and changed "
           "once one of them answers."));
    for (QWidget* page : {static_cast<QWidget*>(table_), static_cast<QWidget*>(nothing_),
                          static_cast<QWidget*>(offline_)}) {
        box->addWidget(page, 1); // one of them is shown
    }
    return part;
}

QWidget* DeploymentsView::make_seen() {
    auto* part = new QWidget;
    auto* box = new QVBoxLayout(part);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(space::s);
    box->addWidget(make_label(tr("What the vaults have seen"), QStringLiteral("heading")));
    seen_table_->setModel(seen_);
    set_up_table(*seen_table_, tr("Branches that the vaults have seen"));
    box->addWidget(seen_table_, 1);
    set_tone(unlisted_, Tone::muted);
    box->addWidget(unlisted_);
    return part;
}

void DeploymentsView::connect_parts() {
    connect(look_, &QPushButton::clicked, this, &DeploymentsView::look);
    connect(send_, &QPushButton::clicked, this, &DeploymentsView::send);
    connect(stop_, &QPushButton::clicked, this, &DeploymentsView::cancel);
    connect(unlock_, &UnlockPanel::unlocked, this, &DeploymentsView::look);
    connect(add_, &QPushButton::clicked, this, [this] { edit_row(true); });
    connect(edit_, &QPushButton::clicked, this, [this] { edit_row(false); });
    connect(remove_, &QPushButton::clicked, this, &DeploymentsView::remove_or_put_back);
    connect(table_, &QTableView::doubleClicked, this, [this] { edit_row(false); });
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &DeploymentsView::refresh);
    connect(model_, &DeploymentsModel::edited, this, &DeploymentsView::refresh);
    connect(editor_, &DeploymentEditor::cancelled, this, &DeploymentsView::end_editing);
    connect(editor_, &DeploymentEditor::commit_wanted, this, &DeploymentsView::pick_commit);
    connect(editor_, &DeploymentEditor::node_wanted, this, &DeploymentsView::pick_node);
    const auto name = [this](const std::string& node_id) { return node_name(node_id); };
    editor_->set_node_name(name);
    model_->set_node_name(name);
    connect(editor_, &DeploymentEditor::put, this, [this](const vault::Deployment& row) {
        model_->put(row);
        fit_to_contents(*table_);
        table_->setCurrentIndex(model_->index(model_->row_of(row), 0));
        end_editing();
    });
    for (Job* job : {&look_job_, &send_job_}) {
        connect(job, &Job::running_changed, this, &DeploymentsView::refresh);
    }
    for (const auto& [key, wanted] :
         {std::pair{Qt::Key_Return, edit_}, {Qt::Key_Delete, remove_}}) {
        auto* shortcut = new QShortcut(QKeySequence(key), table_);
        shortcut->setContext(Qt::WidgetShortcut);
        connect(shortcut, &QShortcut::activated, wanted, &QPushButton::click);
    }
}

QWidget* DeploymentsView::first_input() const {
    if (!unlock_->isHidden()) {
        return unlock_->findChild<QLineEdit*>();
    }
    return !nothing_->isHidden() ? nothing_->findChild<QPushButton*>()
           : !table_->isHidden() ? static_cast<QWidget*>(table_)
                                 : look_;
}

void DeploymentsView::show_project(const flow::LocalProject& project) {
    if (model_->has_edits()) {
        set_aside_[project_.project_id] = model_->edits();
    }
    if (shows_sent() && outcomes_seen_) {
        lines_.clear();
    }
    look_job_.drop(); // it asks about the other one
    project_ = project;
    fresh_ = true;
    error_->clear();
    unlock_->hide();
    outcomes_->setVisible(shows_sent() && !lines_.empty());
    const auto kept = set_aside_.extract(project_.project_id);
    model_->clear(kept ? kept.mapped() : std::vector<DeploymentsModel::Row>());
    seen_->set_vaults({});
    clones_ = {};
    end_editing();
    enter();
}

void DeploymentsView::forget(const std::string& project_id) {
    set_aside_.erase(project_id);
    if (project_.project_id == project_id) {
        model_->clear();
    }
}

void DeploymentsView::enter() {
    outcomes_seen_ = outcomes_seen_ || (shows_sent() && !send_job_.running());
    load_branches();
    if (!look_job_.running() && !sends_here()) { // sending ends with a look
        look();
    }
}

void DeploymentsView::look() {
    error_->clear();
    unlock_->hide();
    state_->setText(tr("Asking the vaults…"));
    look_job_.start([&services = services_, project = project_](
                        std::stop_token stop) { return ask_vaults(services, project, stop); },
                    [this](AskedVaults asked) { take(std::move(asked)); });
    refresh();
}

void DeploymentsView::take(AskedVaults asked) {
    if (asked.locked) {
        state_->setText(tr("The vaults tell it to the project's owner only."));
        unlock_->ask(SecretsState::needs_passphrase);
    } else if (!asked.vaults) {
        state_->setText(tr("The vaults were not asked."));
        error_->show_error(asked.vaults.error(), false);
    } else {
        show_answers(std::move(*asked.vaults));
    }
    refresh();
    if (std::exchange(fresh_, false) && isVisible()) {
        first_input()->setFocus(Qt::OtherFocusReason);
    }
}

void DeploymentsView::show_answers(std::vector<VaultState> vaults) {
    state_->setText(answers_text(vaults));
    const auto failed =
        std::find_if(vaults.begin(), vaults.end(), [](const VaultState& one) { return one.error; });
    if (failed != vaults.end()) {
        error_->show_error(*failed->error, false);
    }
    const int row = table_->currentIndex().row();
    model_->set_vaults(std::move(vaults));
    seen_->set_vaults(model_->vaults());
    show_unlisted();
    fit_to_contents(*table_);
    fit_to_contents(*seen_table_);
    if (model_->rowCount() > 0) {
        table_->setCurrentIndex(model_->index(std::clamp(row, 0, model_->rowCount() - 1), 0));
    }
    show_known();
}

/// Branches that are here and were perhaps never pushed, for choosing.
void DeploymentsView::load_branches() {
    branches_job_.start(
        [&git = services_.git(), project = project_](std::stop_token) { return git.look(project); },
        [this](const Result<std::vector<flow::CloneState>>& states) {
            clones_ = {};
            for (const flow::CloneState& state :
                 states ? *states : std::vector<flow::CloneState>()) {
                auto& known = clones_.at(static_cast<std::size_t>(state.role));
                known.history = true;
                for (const git::Branch& branch : state.branches) {
                    known.branches << to_qt(branch.name);
                }
            }
            show_known();
        });
}

void DeploymentsView::show_unlisted() {
    QStringList lines;
    for (const VaultState& one : model_->vaults()) {
        if (one.status && one.status->refs_left_out > 0) {
            lines << tr("%1 knows %2 more branches and tags than it lists.")
                         .arg(to_qt(one.node.name), QString::number(one.status->refs_left_out));
        }
    }
    unlisted_->setText(lines.join(u'\n'));
    unlisted_->setVisible(!lines.isEmpty());
}

void DeploymentsView::show_known() {
    std::array<DeploymentEditor::Known, 2> known = clones_;
    for (const VaultState& one : model_->vaults()) {
        for (const vault::RefState& ref :
             one.status ? one.status->refs : std::vector<vault::RefState>()) {
            if (const QString branch = branch_of(ref); !branch.isEmpty()) {
                known.at(static_cast<std::size_t>(ref.repository)).branches << branch;
            }
        }
    }
    for (auto& one : known) {
        one.branches.removeDuplicates();
    }
    editor_->set_known(known);
}

void DeploymentsView::edit_row(bool is_new) {
    const int row = table_->currentIndex().row();
    if (!is_new && (row < 0 || model_->edit_of(row) == DeploymentsModel::Edit::removed)) {
        return;
    }
    vault::Deployment start;
    start.repository = vault::Role::code;
    editor_->ask(is_new ? start : model_->at(row), is_new);
    refresh();
}

void DeploymentsView::end_editing() {
    const bool had_focus = editor_->isAncestorOf(focusWidget());
    editor_->hide();
    refresh();
    if (had_focus) {
        first_input()->setFocus(Qt::OtherFocusReason);
    }
}

void DeploymentsView::remove_or_put_back() {
    const int row = table_->currentIndex().row();
    if (row < 0) {
        return;
    }
    if (model_->edit_of(row) == DeploymentsModel::Edit::none) {
        model_->remove(row);
    } else {
        model_->revert(row);
    }
}

void DeploymentsView::pick_commit(vault::Role role) {
    auto* picker = new CommitPicker(services_, project_, role, this);
    connect(picker, &CommitPicker::picked, editor_, &DeploymentEditor::set_commit);
    picker->open();
}

/// Looks for what was typed, unless that is an id already.
void DeploymentsView::pick_node(const QString& typed) {
    auto* picker = new NodePicker(services_, shelf_, this);
    if (!vault::is_part_of_network("node:" + to_utf8(typed))) {
        picker->search().setText(typed);
    }
    connect(picker, &NodePicker::picked, editor_, &DeploymentEditor::set_node);
    picker->open();
}

/// One of the project's vaults, or of the nodes that are loaded.
QString DeploymentsView::node_name(const std::string& node_id) const {
    for (const VaultState& vault : model_->vaults()) {
        if (vault.node.node_id() == node_id) {
            return to_qt(vault.node.name);
        }
    }
    const auto nodes = shelf_.nodes();
    const auto hash = nodes ? from_base58(node_id) : Result<Bytes>(Bytes());
    if (!hash || hash->size() != std::tuple_size_v<Hash32>) {
        return {};
    }
    Hash32 id{};
    std::copy(hash->begin(), hash->end(), id.begin());
    const auto row = vault::row_of(*nodes->list.table, vault::summary_key(id));
    return row ? to_qt(nodes->list.table->name(*row)) : QString();
}

void DeploymentsView::refresh() {
    const bool sending = sends_here();
    const bool working = look_job_.running() || sending;
    const bool answered = some_answered(model_->vaults());
    const bool editing = !editor_->isHidden();
    const int row = table_->currentIndex().row();
    const bool has_row = row >= 0 && row < model_->rowCount();
    const auto edit = has_row ? model_->edit_of(row) : DeploymentsModel::Edit::none;
    table_->setVisible(model_->rowCount() > 0);
    nothing_->setVisible(model_->rowCount() == 0 && answered);
    offline_->setVisible(model_->rowCount() == 0 && !answered && !working);
    rows_part_->setVisible(unlock_->isHidden());
    seen_part_->setVisible(unlock_->isHidden() && !editing && seen_->rowCount() > 0);
    stop_->setVisible(sending);
    progress_->setVisible(sending);
    look_->setEnabled(!working);
    send_->setEnabled(!working && !send_job_.running() && answered && !editing &&
                      (model_->has_edits() || !model_->vaults_agree()));
    send_->setToolTip(
        send_job_.running() && !sending
            ? tr("The deployments of %1 are still being sent.").arg(to_qt(sent_project_.name))
            : QString());
    add_->setEnabled(!working && answered && !editing);
    edit_->setEnabled(add_->isEnabled() && has_row && edit != DeploymentsModel::Edit::removed);
    remove_->setEnabled(add_->isEnabled() && has_row);
    remove_->setText(edit == DeploymentsModel::Edit::none ? tr("&Remove") : tr("Put &back"));
    if (sending) {
        state_->setText(tr("Sending…"));
    } else if (!working && answered) {
        state_->setText(model_->has_edits() ? tr("Changed here, and not sent yet.")
                        : model_->vaults_agree()
                            ? answers_text(model_->vaults())
                            : tr("The vaults have different deployments. Send the table "
                                 "to make them the same."));
    }
}

} // namespace tau::ui
