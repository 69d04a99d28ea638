#include "ui/vaults/vault_table.h"

#include "ui/common/theme.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QStyledItemDelegate>

namespace tau::ui {

namespace {

/// In the order in which a narrow table gives them up.
constexpr int first_to_go[] = {RankModel::uptime_column, RankModel::age_column,
                               RankModel::score_column, RankModel::region_column};
constexpr int least_name = space::field_width * 2 / 5;

/// Draws a cell as the stylesheet has it. The style would ask for nine roles and lay each text out
/// three times: most of the time between a slider's step and its picture.
class CellDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        if (option.state.testFlag(QStyle::State_Selected)) {
            painter->fillRect(option.rect, option.palette.highlight());
        }
        QRect room = option.rect.adjusted(space::s, 0, -space::s, 0);
        const auto mark = index.data(Qt::DecorationRole).value<QIcon>();
        if (!mark.isNull()) {
            const QRect box = QStyle::alignedRect(
                option.direction, Qt::AlignLeft | Qt::AlignVCenter, option.decorationSize, room);
            mark.paint(painter, box);
            const int taken = box.width() + space::s;
            room = option.direction == Qt::LeftToRight ? room.adjusted(taken, 0, 0, 0)
                                                       : room.adjusted(0, 0, -taken, 0);
        }
        const QVariant color = index.data(Qt::ForegroundRole);
        painter->setPen(color.isValid() ? color.value<QColor>() : option.palette.text().color());
        const auto alignment = index.data(Qt::TextAlignmentRole).value<Qt::Alignment>();
        painter->drawText(
            room,
            static_cast<int>(QStyle::visualAlignment(option.direction, alignment)) |
                Qt::TextSingleLine,
            option.fontMetrics.elidedText(index.data().toString(), Qt::ElideRight, room.width()));
    }
};

} // namespace

VaultTable::VaultTable(RankModel& model, QWidget* parent)
    : QTableView(parent), rows_(model), columns_(new QMenu(tr("&Columns"), this)) {
    setModel(&model);
    set_up();
    make_menu();
    connect(selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) {
                if (!placing_ && current.isValid()) {
                    Q_EMIT row_picked(rows_.node_at(current.row()));
                }
            });
    connect(this, &QTableView::doubleClicked, this, &VaultTable::use_wanted);
    // Other rows than before: what stood this far down says nothing about what does so now.
    connect(&model, &QAbstractItemModel::modelReset, this, &QTableView::scrollToTop);
}

void VaultTable::set_up() {
    setAccessibleName(tr("Vaults, best first"));
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setShowGrid(false);
    setAlternatingRowColors(true);
    setWordWrap(false);
    setItemDelegate(new CellDelegate(this));
    setTabKeyNavigation(false);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultSectionSize(space::row);
    QHeaderView* header = horizontalHeader();
    header->setHighlightSections(false);
    header->setResizeContentsPrecision(0);
    header->setSectionsClickable(true);
    header->setMinimumSectionSize(space::row);
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(header, &QHeaderView::customContextMenuRequested, this,
            [this, header](const QPoint& at) { columns_->popup(header->mapToGlobal(at)); });
    connect(header, &QHeaderView::sectionClicked, this, [this, header](int column) {
        if (const auto sorting = RankModel::sorting_of(column)) {
            const bool again = header->isSortIndicatorShown() &&
                               RankModel::sorting_of(header->sortIndicatorSection()) == sorting;
            // Numbers are wanted large first, but for the distance; a second click turns it.
            const bool large_first =
                *sorting == vault::Column::reputation || *sorting == vault::Column::slots ||
                *sorting == vault::Column::age || *sorting == vault::Column::uptime;
            Q_EMIT sorting_wanted(
                *sorting, again ? header->sortIndicatorOrder() == Qt::AscendingOrder : large_first);
        }
    });
}

void VaultTable::make_menu() {
    for (int column = RankModel::region_column; column < RankModel::column_count; ++column) {
        QAction* action = columns_->addAction(RankModel::column_name(column));
        action->setCheckable(true);
        action->setChecked(true);
        action->setData(column);
        connect(action, &QAction::triggered, this, [this, column](bool shown) {
            hidden_.removeAll(column);
            if (!shown) {
                hidden_ << column;
            }
            fit_columns();
            Q_EMIT columns_changed();
        });
    }
}

void VaultTable::hide_columns(const QList<int>& columns) {
    hidden_ = columns;
    for (QAction* action : columns_->actions()) {
        action->setChecked(!hidden_.contains(action->data().toInt()));
    }
    fit_columns();
}

/// Numbers get the width of their widest likely text; the name takes the rest, and where that
/// would be too little the columns that matter least step back.
void VaultTable::fit_columns() {
    const QFontMetrics metrics(Theme::get().table_font());
    const int margin = 2 * space::s + space::s;
    const auto wide = [&](int column) {
        const char* widest = column == RankModel::rank_column       ? "1,000,000"
                             : column == RankModel::region_column   ? "mexico-central"
                             : column == RankModel::distance_column ? "20,000"
                             : column == RankModel::capacity_column ? "Slots/h"
                                                                    : "0.9999";
        const bool few = column == RankModel::rank_column && rows_.rowCount() < 1000;
        return metrics.horizontalAdvance(few ? QStringLiteral("1000") : QLatin1String(widest)) +
               margin;
    };
    int left = viewport()->width();
    for (int column = 0; column < RankModel::column_count; ++column) {
        setColumnHidden(column, hidden_.contains(column));
        if (column != RankModel::name_column && !hidden_.contains(column)) {
            setColumnWidth(column, wide(column));
            left -= columnWidth(column);
        }
    }
    for (const int column : first_to_go) {
        if (left < least_name && !isColumnHidden(column)) {
            left += columnWidth(column);
            setColumnHidden(column, true);
        }
    }
    setColumnWidth(RankModel::name_column, std::max(left, least_name));
}

void VaultTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    fit_columns();
}

void VaultTable::show_sorting(vault::Column sorting, bool descending) {
    horizontalHeader()->setSortIndicatorShown(sorting != vault::Column::rank || descending);
    horizontalHeader()->setSortIndicator(RankModel::column_of(sorting),
                                         descending ? Qt::DescendingOrder : Qt::AscendingOrder);
    setAccessibleDescription(
        sorting == vault::Column::rank
            ? QString()
            : tr("Sorted by %1").arg(RankModel::column_name(RankModel::column_of(sorting))));
}

void VaultTable::select_position(int position, bool scroll) {
    placing_ = true;
    setAutoScroll(scroll);
    if (position < 0) {
        selectionModel()->clear();
    } else if (currentIndex().row() != position || !selectionModel()->hasSelection()) {
        selectionModel()->setCurrentIndex(rows_.index(position, RankModel::name_column),
                                          QItemSelectionModel::ClearAndSelect |
                                              QItemSelectionModel::Rows);
    }
    if (scroll && position >= 0) {
        scrollTo(rows_.index(position, RankModel::name_column));
    }
    setAutoScroll(true);
    placing_ = false;
}

void VaultTable::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    if (key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Space) {
        if (currentIndex().isValid()) {
            Q_EMIT use_wanted();
        }
        return;
    }
    QTableView::keyPressEvent(event);
}

} // namespace tau::ui
