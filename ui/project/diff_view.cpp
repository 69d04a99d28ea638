#include "ui/project/diff_view.h"

#include "ui/common/page.h"
#include "ui/common/text.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPainter>
#include <QShortcut>
#include <QStyledItemDelegate>

#include <algorithm>

namespace tau::ui {

namespace {

/// The stylesheet paints the cells of tables and leaves the model's backgrounds out.
class LineDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const QVariant background = index.data(Qt::BackgroundRole);
        if (background.isValid() && !option.state.testFlag(QStyle::State_Selected)) {
            painter->fillRect(option.rect, background.value<QColor>());
        }
        QStyledItemDelegate::paint(painter, option, index);
    }
};

} // namespace

QString state_word(git::FileState state) {
    switch (state) {
    case git::FileState::added:
        return DiffView::tr("added");
    case git::FileState::removed:
        return DiffView::tr("removed");
    case git::FileState::untracked:
        return DiffView::tr("new");
    case git::FileState::changed:
        break;
    }
    return DiffView::tr("changed");
}

DiffView::DiffView(QWidget* parent)
    : QWidget(parent), model_(new DiffModel(this)),
      caption_(new ElidedLabel(QStringLiteral("strong"))),
      counts_(make_label({}, QStringLiteral("caption"))), layout_(new QComboBox),
      pages_(new QStackedWidget), table_(new QTableView), words_(make_label({})),
      error_(new ErrorView) {
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(space::s);
    auto* top = new QHBoxLayout;
    top->setSpacing(space::s);
    top->addWidget(caption_, 1);
    counts_->setWordWrap(false);
    top->addWidget(counts_);
    layout_->addItem(tr("Unified"));
    layout_->addItem(tr("Side by side"));
    layout_->setAccessibleName(tr("How differences are shown"));
    connect(layout_, &QComboBox::activated, this, [this](int chosen) {
        const auto layout =
            chosen == 0 ? DiffModel::Layout::unified : DiffModel::Layout::side_by_side;
        set_layout(layout);
        Q_EMIT layout_chosen(layout);
    });
    auto* label = new QLabel(tr("View"));
    label->setBuddy(layout_);
    top->addWidget(label);
    top->addWidget(layout_);
    box->addLayout(top);
    make_table();
    words_->setAlignment(Qt::AlignCenter);
    set_tone(words_, Tone::muted);
    auto* problem = new QWidget;
    auto* problem_box = new QVBoxLayout(problem);
    problem_box->setContentsMargins(0, 0, 0, 0);
    problem_box->addWidget(error_);
    problem_box->addStretch(1);
    for (QWidget* page : {static_cast<QWidget*>(table_), static_cast<QWidget*>(words_), problem}) {
        pages_->addWidget(page);
    }
    box->addWidget(pages_, 1);
    connect(&Theme::get(), &Theme::changed, this, &DiffView::fit_columns);
}

void DiffView::make_table() {
    table_->setModel(model_);
    table_->setItemDelegate(new LineDelegate(table_));
    table_->setAccessibleName(tr("Differences, line by line"));
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->setTextElideMode(Qt::ElideNone);
    table_->setTabKeyNavigation(false);
    table_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table_->horizontalHeader()->hide();
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    auto* copy = new QShortcut(QKeySequence::Copy, table_);
    copy->setContext(Qt::WidgetShortcut);
    connect(copy, &QShortcut::activated, this, &DiffView::copy_lines);
}

void DiffView::show_diff(const Result<git::FileDiff>& diff) {
    counts_->clear();
    layout_->setEnabled(false);
    if (!diff) {
        model_->set_diff({});
        error_->show_error(diff.error(), false);
        pages_->setCurrentIndex(2);
        return;
    }
    error_->clear();
    caption_->show_text(to_qt(diff->path));
    model_->set_diff(*diff);
    using Kind = git::FileDiff::Kind;
    if (diff->kind != Kind::text || diff->hunks.empty()) {
        const bool other_mode =
            diff->old_mode != 0 && diff->new_mode != 0 && diff->old_mode != diff->new_mode;
        words_->setText(diff->kind == Kind::binary
                            ? tr("This file is not text. Its contents are not shown.")
                        : diff->kind == Kind::too_large
                            ? tr("This file is larger than 1 MB. Its contents are not shown.")
                        : diff->kind == Kind::none ? tr("Both sides are the same.")
                        : other_mode               ? tr("Only its mode changed: %1 to %2.")
                                           .arg(diff->old_mode, 6, 8, QLatin1Char('0'))
                                           .arg(diff->new_mode, 6, 8, QLatin1Char('0'))
                                     : tr("This file is empty."));
        pages_->setCurrentWidget(words_);
        return;
    }
    counts_->setText(diff->complete ? tr("%1 added, %2 removed").arg(diff->added).arg(diff->removed)
                                    : tr("The first %1 lines").arg(git::most_lines));
    layout_->setEnabled(true);
    pages_->setCurrentWidget(table_);
    fit_columns();
    table_->scrollToTop();
}

void DiffView::show_nothing(const QString& sentence) {
    model_->set_diff({});
    caption_->show_text({});
    counts_->clear();
    layout_->setEnabled(false);
    words_->setText(sentence);
    pages_->setCurrentWidget(words_);
}

void DiffView::set_layout(DiffModel::Layout layout) {
    model_->set_layout(layout);
    layout_->setCurrentIndex(layout == DiffModel::Layout::unified ? 0 : 1);
    fit_columns();
}

void DiffView::fit_columns() {
    const QFontMetrics metrics(Theme::get().mono_font());
    table_->verticalHeader()->setDefaultSectionSize(metrics.height() + space::xs / 2);
    const int sides = model_->layout() == DiffModel::Layout::unified ? 1 : 2;
    const int number = metrics.horizontalAdvance(QStringLiteral("00000")) + 2 * space::s;
    const int text = metrics.horizontalAdvance(QLatin1Char('m')) * (model_->longest() + 2);
    const int room = table_->viewport()->width() - 2 * number;
    for (int column = 0; column < model_->columnCount(); ++column) {
        table_->setColumnWidth(column,
                               model_->is_text(column) ? std::max(text, room / sides) : number);
    }
}

void DiffView::copy_lines() {
    QList<int> rows;
    for (const QModelIndex& index : table_->selectionModel()->selectedRows()) {
        rows << index.row();
    }
    std::sort(rows.begin(), rows.end());
    if (!rows.isEmpty()) {
        QApplication::clipboard()->setText(model_->patch_text(rows));
    }
}

void DiffView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fit_columns();
}

} // namespace tau::ui
