#include "ui/project/deployment_editor.h"

#include "core/base/text.h"
#include "ui/common/text.h"
#include "ui/project/changes_model.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QSignalBlocker>

namespace tau::ui {

namespace {

enum Place { everywhere_place, region_place, node_place };

} // namespace

DeploymentEditor::DeploymentEditor(QWidget* parent)
    : Card(parent), heading_(make_label({}, QStringLiteral("heading"))), note_(make_label({})),
      place_(new QComboBox), region_(new QComboBox), node_row_(new QWidget), node_(new QLineEdit),
      pick_node_(make_button(tr("Choose…"), ButtonKind::plain, QStringLiteral("vault"))),
      repository_(new QComboBox), ref_(new QComboBox),
      pick_(make_button(tr("Pic&k a commit…"), ButtonKind::plain, QStringLiteral("repository"))),
      put_(make_button(tr("Put in the ta&ble"), ButtonKind::primary)) {
    box()->addWidget(heading_);
    place_->addItems({tr("Everywhere"), tr("A region"), tr("A node")});
    for (std::uint16_t number = 1; vault::region_name(number) != "unknown"; ++number) {
        region_->addItem(to_qt(vault::region_name(number)));
    }
    node_->setPlaceholderText(tr("Node id"));
    pick_node_->setAccessibleName(tr("Choose a node from the network's list"));
    pick_node_->setToolTip(pick_node_->accessibleName());
    auto* node_box = new QHBoxLayout(node_row_);
    node_box->setContentsMargins(0, 0, 0, 0);
    node_box->setSpacing(space::s);
    node_box->addWidget(node_, 1);
    node_box->addWidget(pick_node_);
    repository_->addItems({role_name(vault::Role::configuration), role_name(vault::Role::code)});
    ref_->setEditable(true);
    ref_->setInsertPolicy(QComboBox::NoInsert);
    ref_->lineEdit()->setAccessibleName(tr("Branch or commit"));
    ref_->lineEdit()->setFocusPolicy(Qt::ClickFocus); // Tab comes to the whole of it,
    ref_->setFocusPolicy(Qt::StrongFocus);            // which took over what its part was told
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(space::m);
    grid->setVerticalSpacing(space::s);
    grid->setColumnStretch(1, 1);
    grid->setColumnStretch(3, 1);
    const auto add = [&](int row, int column, const QString& text, QWidget* input) {
        auto* label = new QLabel(text);
        label->setBuddy(input);
        QString name = text;
        input->setAccessibleName(name.remove(QLatin1Char('&')));
        grid->addWidget(label, row, column);
        grid->addWidget(input, row, column + 1);
        return label;
    };
    add(0, 0, tr("Part of the net&work"), place_);
    region_label_ = add(1, 0, tr("Region"), region_);
    node_label_ = add(1, 0, tr("Node"), node_row_);
    node_label_->setBuddy(node_);
    node_->setAccessibleName(tr("Node id"));
    add(0, 2, tr("Repositor&y"), repository_);
    add(1, 2, tr("Branch or co&mmit"), ref_);
    box()->addLayout(grid);
    box()->addWidget(note_);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::s);
    auto* cancel = make_button(tr("Leave it"));
    row->addWidget(pick_);
    row->addStretch(1);
    row->addWidget(cancel);
    row->addWidget(put_);
    box()->addLayout(row);
    for (const auto& [before, after] : {std::pair<QWidget*, QWidget*>{place_, region_},
                                        {region_, node_},
                                        {node_, pick_node_},
                                        {pick_node_, repository_},
                                        {repository_, ref_},
                                        {ref_, pick_}}) {
        setTabOrder(before, after);
    }
    connect(place_, &QComboBox::currentIndexChanged, this, &DeploymentEditor::refresh);
    connect(node_, &QLineEdit::textChanged, this, &DeploymentEditor::refresh);
    connect(ref_, &QComboBox::editTextChanged, this, &DeploymentEditor::refresh);
    connect(repository_, &QComboBox::currentIndexChanged, this, [this] {
        fill_branches();
        refresh();
    });
    connect(cancel, &QPushButton::clicked, this, &DeploymentEditor::cancelled);
    connect(pick_, &QPushButton::clicked, this, [this] { Q_EMIT commit_wanted(role()); });
    connect(pick_node_, &QPushButton::clicked, this,
            [this] { Q_EMIT node_wanted(node_->text().trimmed()); });
    connect(put_, &QPushButton::clicked, this, [this] {
        if (const auto written = answer()) {
            Q_EMIT put(*written);
        }
    });
    hide();
}

vault::Role DeploymentEditor::role() const {
    return repository_->currentIndex() == 1 ? vault::Role::code : vault::Role::configuration;
}

void DeploymentEditor::set_known(const std::array<Known, 2>& known) {
    known_ = known;
    fill_branches();
    refresh();
}

/// What was typed stays.
void DeploymentEditor::fill_branches() {
    const QSignalBlocker quiet(ref_);
    const QString text = ref_->currentText();
    ref_->clear();
    ref_->addItems(known_.at(static_cast<std::size_t>(role())).branches);
    ref_->setEditText(text);
}

void DeploymentEditor::ask(const vault::Deployment& row, bool is_new) {
    is_new_ = is_new;
    heading_->setText(is_new ? tr("A part of the network runs") : tr("What it runs"));
    put_->setText(is_new ? tr("Put in the ta&ble") : tr("Change the ta&ble"));
    const vault::PartOfNetwork part = vault::part_of(row.where);
    place_->setCurrentIndex(!part.region.empty() ? region_place
                            : !part.node.empty() ? node_place
                                                 : everywhere_place);
    if (!part.region.empty()) {
        region_->setCurrentText(to_qt(part.region));
    }
    node_->setText(to_qt(part.node));
    repository_->setCurrentIndex(static_cast<int>(row.repository));
    fill_branches();
    ref_->setEditText(to_qt(row.commit.empty() ? row.branch : row.commit));
    for (QWidget* input : {static_cast<QWidget*>(place_), static_cast<QWidget*>(region_),
                           static_cast<QWidget*>(node_row_), static_cast<QWidget*>(repository_)}) {
        input->setEnabled(is_new);
    }
    refresh();
    show();
    (is_new ? place_ : ref_)->setFocus(Qt::OtherFocusReason);
}

void DeploymentEditor::set_commit(const QString& commit) {
    ref_->setEditText(commit);
    ref_->setFocus(Qt::OtherFocusReason);
}

void DeploymentEditor::set_node(const QString& node_id) {
    node_->setText(node_id);
    ref_->setFocus(Qt::OtherFocusReason);
}

std::optional<vault::Deployment> DeploymentEditor::answer() const {
    vault::Deployment row;
    row.repository = role();
    if (place_->currentIndex() == region_place) {
        row.where = "region:" + to_utf8(region_->currentText());
    } else if (place_->currentIndex() == node_place) {
        row.where = "node:" + to_utf8(node_->text().trimmed());
    }
    const std::string text = to_utf8(ref_->currentText().trimmed());
    (vault::is_commit_id(text) ? row.commit : row.branch) = text;
    const bool good =
        vault::is_part_of_network(row.where) && (!row.commit.empty() || is_branch_name(row.branch));
    return good ? std::optional(std::move(row)) : std::nullopt;
}

void DeploymentEditor::refresh() {
    const bool region = place_->currentIndex() == region_place;
    const bool node = place_->currentIndex() == node_place;
    region_->setVisible(region);
    region_label_->setVisible(region);
    node_row_->setVisible(node);
    node_label_->setVisible(node);
    const Known& known = known_.at(static_cast<std::size_t>(role()));
    pick_->setEnabled(known.history);
    pick_->setToolTip(known.history ? QString()
                                    : tr("The repository is not cloned on this computer."));
    put_->setEnabled(answer().has_value());
    const QString problem = this->problem();
    set_tone(note_, problem.isEmpty() ? Tone::muted : Tone::bad);
    note_->setText(problem.isEmpty() ? advice() : problem);
}

QString DeploymentEditor::advice() const {
    const std::string text = to_utf8(ref_->currentText().trimmed());
    const QString ref = text.empty() ? tr("A commit is named by all of its 40 digits.")
                        : vault::is_commit_id(text) ? tr("It stays there until it is changed here.")
                                                    : tr("The branch is followed: each push moves "
                                                         "it.");
    const std::string node = to_utf8(node_->text().trimmed());
    if (place_->currentIndex() != node_place || node.empty() || !node_name_) {
        return ref;
    }
    const QString name = node_name_(node);
    return (name.isEmpty() ? tr("No node that is loaded here has this id.")
                           : tr("The node is %1.").arg(name)) +
           QLatin1Char(' ') + ref;
}

/// Of what was typed so far; what is missing yet is none.
QString DeploymentEditor::problem() const {
    const std::string node = to_utf8(node_->text().trimmed());
    if (place_->currentIndex() == node_place && !node.empty() &&
        !vault::is_part_of_network("node:" + node)) {
        return tr("This is not a node's id, which has 43 or 44 letters and digits. Choose the "
                  "node from the list, or paste its id.");
    }
    const std::string text = to_utf8(ref_->currentText().trimmed());
    return text.empty() || vault::is_commit_id(text) || is_branch_name(text)
               ? QString()
               : tr("This is neither a branch's name nor a commit's 40 digits.");
}

void DeploymentEditor::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        Q_EMIT cancelled();
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) &&
               put_->isEnabled()) {
        put_->click();
    } else {
        Card::keyPressEvent(event);
    }
}

} // namespace tau::ui
