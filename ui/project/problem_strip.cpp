#include "ui/project/problem_strip.h"

#include "ui/common/icons.h"
#include "ui/common/page.h"
#include "ui/common/text.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>

#include <algorithm>
#include <tuple>

namespace tau::ui {

using project::Problem;
using project::Severity;

namespace {

constexpr int rows_seen = 3;
constexpr int longest_place = 44; ///< in characters

QString severity_word(const Problem& problem) {
    switch (problem.severity) {
    case Severity::error:
        return problem.older_accept ? ProblemModel::tr("Error in newer clouds")
                                    : ProblemModel::tr("Error");
    case Severity::warning:
        return ProblemModel::tr("Warning");
    case Severity::note:
        break;
    }
    return ProblemModel::tr("Note");
}

QString place(const Problem& problem) {
    return QStringLiteral("%1:%2:%3")
        .arg(to_qt(problem.path))
        .arg(problem.position.line)
        .arg(problem.position.column);
}

} // namespace

QString advice(const Problem& problem) {
    QStringList sentences;
    if (!problem.hint.empty()) {
        sentences << to_qt(problem.hint);
    }
    if (problem.older_accept) {
        sentences << ProblemModel::tr("Clouds up to v1.1.10 take it as it is.");
    }
    return sentences.join(QLatin1Char(' '));
}

void ProblemModel::set_problems(const std::vector<Problem>& problems) {
    beginResetModel();
    problems_ = problems;
    // Few rows are seen at once: what the cloud refuses comes first.
    std::stable_sort(problems_.begin(), problems_.end(), [](const Problem& a, const Problem& b) {
        return std::tie(a.severity, a.path, a.position.line, a.position.column) <
               std::tie(b.severity, b.path, b.position.line, b.position.column);
    });
    endResetModel();
}

const Problem* ProblemModel::problem_at(int row) const {
    return row < 0 || row >= rowCount() ? nullptr : &problems_[static_cast<std::size_t>(row)];
}

int ProblemModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(problems_.size());
}

int ProblemModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : column_count;
}

QVariant ProblemModel::data(const QModelIndex& index, int role) const {
    const Problem* problem = problem_at(index.row());
    if (!index.isValid() || problem == nullptr) {
        return {};
    }
    if (role == Qt::DisplayRole) {
        switch (index.column()) {
        case severity_column:
            return severity_word(*problem);
        case place_column:
            return place(*problem);
        default:
            return to_qt(problem->sentence);
        }
    }
    if (role == Qt::DecorationRole && index.column() == severity_column) {
        return problem->severity == Severity::error ? icon(QStringLiteral("failed"), Tone::bad)
               : problem->severity == Severity::warning
                   ? icon(QStringLiteral("warning"), Tone::warn)
                   : icon(QStringLiteral("info"), Tone::muted);
    }
    if (role == Qt::ToolTipRole) {
        const QString hint = advice(*problem);
        return hint.isEmpty() ? to_qt(problem->sentence)
                              : QString(to_qt(problem->sentence) + QLatin1Char('\n') + hint);
    }
    if (role == Qt::AccessibleTextRole) {
        return QStringLiteral("%1, %2, %3 %4")
            .arg(severity_word(*problem), place(*problem), to_qt(problem->sentence),
                 advice(*problem))
            .trimmed();
    }
    return {};
}

QVariant ProblemModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    return section == severity_column ? tr("Kind")
           : section == place_column  ? tr("Where")
                                      : tr("What");
}

ProblemStrip::ProblemStrip(QWidget* parent)
    : QWidget(parent), model_(new ProblemModel(this)), summary_(make_label({})),
      fix_(make_button({}, ButtonKind::plain, QStringLiteral("check"))), table_(new QTableView),
      advice_(make_label({}, QStringLiteral("caption"))) {
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(space::xs);
    auto* top = new QHBoxLayout;
    top->setSpacing(space::s);
    summary_->setWordWrap(false);
    top->addWidget(summary_, 1);
    top->addWidget(fix_);
    box->addLayout(top);
    table_->setModel(model_);
    table_->setAccessibleName(tr("Problems"));
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->setTabKeyNavigation(false);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(space::row);
    table_->horizontalHeader()->hide();
    table_->horizontalHeader()->setStretchLastSection(true);
    table_->horizontalHeader()->setResizeContentsPrecision(0); // to what is seen, not to all
    table_->setMinimumHeight(space::row + space::xs); // where what is edited needs the room
    box->addWidget(table_);
    box->addWidget(advice_);
    connect(table_, &QTableView::activated, this, [this] {
        if (const Problem* problem = current()) {
            Q_EMIT opened(Problem(*problem));
        }
    });
    connect(table_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &ProblemStrip::show_current);
    connect(fix_, &QPushButton::clicked, this, [this] {
        if (const Problem* problem = current()) {
            Q_EMIT fix_wanted(Problem(*problem));
        }
    });
    set_problems({});
}

QSize ProblemStrip::sizeHint() const {
    return {QWidget::sizeHint().width(), layout()->totalHeightForWidth(width())};
}

void ProblemStrip::set_problems(const std::vector<Problem>& problems) {
    const int row = table_->currentIndex().row();
    model_->set_problems(problems);
    const auto count = [&](Severity severity) {
        return static_cast<int>(
            std::count_if(problems.begin(), problems.end(),
                          [&](const Problem& each) { return each.severity == severity; }));
    };
    const int errors = count(Severity::error);
    const int warnings = count(Severity::warning);
    const int notes = count(Severity::note);
    QStringList words;
    if (errors > 0) {
        words << (errors == 1 ? tr("1 error") : tr("%1 errors").arg(errors));
    }
    if (warnings > 0) {
        words << (warnings == 1 ? tr("1 warning") : tr("%1 warnings").arg(warnings));
    }
    if (notes > 0) {
        words << (notes == 1 ? tr("1 note") : tr("%1 notes").arg(notes));
    }
    summary_->setText(problems.empty() ? tr("No problems: the cloud takes this configuration.")
                                       : words.join(QStringLiteral(", ")));
    set_tone(summary_, errors > 0     ? Tone::bad
                       : warnings > 0 ? Tone::warn
                       : notes > 0    ? Tone::muted
                                      : Tone::good);
    table_->setVisible(!problems.empty());
    if (!problems.empty()) {
        const int last = static_cast<int>(problems.size()) - 1;
        table_->setMaximumHeight(std::min(rows_seen, last + 1) * space::row + space::xs);
        table_->resizeColumnToContents(ProblemModel::severity_column);
        table_->resizeColumnToContents(ProblemModel::place_column);
        const int widest = fontMetrics().averageCharWidth() * longest_place;
        if (table_->columnWidth(ProblemModel::place_column) > widest) {
            table_->setColumnWidth(ProblemModel::place_column, widest);
        }
        table_->setCurrentIndex(model_->index(std::clamp(row, 0, last), 0));
    }
    show_current();
}

const Problem* ProblemStrip::current() const {
    return model_->problem_at(table_->currentIndex().row());
}

void ProblemStrip::show_current() {
    const Problem* problem = current();
    const bool fixable = problem != nullptr && problem->fix.has_value();
    fix_->setVisible(fixable);
    advice_->setText(problem == nullptr ? QString() : advice(*problem));
    advice_->setVisible(problem != nullptr); // an empty line, so that nothing jumps
    if (fixable) {
        fix_->setText(
            tr("Fi&x: %1")
                .arg(to_qt(problem->fix->title).replace(QLatin1Char('&'), QStringLiteral("&&"))));
    }
}

} // namespace tau::ui
