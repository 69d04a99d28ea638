#include "ui/project/commit_picker.h"

#include "ui/common/page.h"
#include "ui/common/text.h"
#include "ui/project/changes_model.h"
#include "ui/project/vault_talk.h"

#include <QHBoxLayout>
#include <QHeaderView>

namespace tau::ui {

namespace {

constexpr std::size_t commits_a_page = 200;
constexpr QSize picker_size{680, 420};

} // namespace

CommitPicker::CommitPicker(Services& services, const flow::LocalProject& project, vault::Role role,
                           QWidget* parent)
    : QDialog(parent), services_(services), project_(project), role_(role),
      branch_(new BranchChoice(services)), model_(new HistoryModel(this)), list_(new QTableView),
      error_(new ErrorView), use_(make_button(tr("&Use this commit"), ButtonKind::primary)) {
    setWindowTitle(tr("A commit of %1").arg(to_qt(project.name)));
    setModal(true);
    setAttribute(Qt::WA_DeleteOnClose);
    resize(picker_size);
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(space::l, space::l, space::l, space::l);
    box->setSpacing(space::s);
    box->addWidget(make_label(tr("%1: a commit of this branch").arg(role_name(role)),
                              QStringLiteral("heading")));
    auto* row = new QHBoxLayout;
    auto* label = new QLabel(tr("&Branch"));
    label->setBuddy(branch_);
    row->addWidget(label);
    row->addWidget(branch_);
    row->addStretch(1);
    box->addLayout(row);
    auto* note = make_label(tr("The vaults take a commit that they find in a branch of the git "
                               "host. Push it first."));
    set_tone(note, Tone::muted);
    box->addWidget(note);
    box->addWidget(error_);
    list_->setModel(model_);
    set_up_table(*list_, tr("Commits, newest first"));
    list_->horizontalHeader()->setStretchLastSection(false);
    list_->horizontalHeader()->setSectionResizeMode(HistoryModel::subject_column,
                                                    QHeaderView::Stretch);
    const QFontMetrics metrics(Theme::get().table_font());
    list_->setColumnWidth(HistoryModel::time_column,
                          metrics.horizontalAdvance(QStringLiteral("00 mmm 0000 00:00")) +
                              3 * space::s);
    box->addWidget(list_, 1);
    auto* buttons = new QHBoxLayout;
    auto* cancel = make_button(tr("&Cancel"));
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(use_);
    box->addLayout(buttons);
    use_->setEnabled(false);
    use_->setDefault(true);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(use_, &QPushButton::clicked, this, &CommitPicker::accept_current);
    connect(list_, &QTableView::doubleClicked, this, &CommitPicker::accept_current);
    connect(model_, &HistoryModel::more_wanted, this, &CommitPicker::load);
    connect(branch_, &QComboBox::activated, this, [this] {
        error_->clear();
        model_->clear();
        use_->setEnabled(false);
        load(0);
    });
    list_->setFocus(Qt::OtherFocusReason);
    branch_->show_branches(project_, role_);
    load(0);
}

void CommitPicker::load(std::size_t skip) {
    job_.start(
        [&git = services_.git(), project = project_, role = role_, branch = branch_->branch(),
         skip](std::stop_token) {
            return git.history(project, role, branch, skip, commits_a_page);
        },
        [this, skip](const Result<git::HistoryPage>& page) {
            if (!page) {
                model_->page_failed();
                error_->show_error(page.error(), false);
                return;
            }
            model_->add_page(*page);
            if (skip == 0 && model_->rowCount() > 0) {
                list_->setCurrentIndex(model_->index(0, 0));
                use_->setEnabled(true);
            }
        });
}

void CommitPicker::accept_current() {
    const QModelIndex current = list_->currentIndex();
    if (current.isValid()) {
        Q_EMIT picked(to_qt(model_->at(current.row()).id));
        accept();
    }
}

} // namespace tau::ui
