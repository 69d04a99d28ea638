#include "ui/vaults/vault_browser.h"

#include "core/vault/together.h"
#include "ui/common/page.h"
#include "ui/common/text.h"

#include <QHBoxLayout>
#include <QShortcut>

#include <algorithm>

namespace tau::ui {

namespace {

/// Up to so many rows a ranking is made at once; more of them on a thread of their own.
constexpr std::size_t rows_at_once = 20000;
constexpr std::chrono::milliseconds look_pause{200};
/// Histograms are counted once the list has been painted, and typing pauses.
constexpr std::chrono::milliseconds count_pause{50};

/// Another network's nodes are not asked for while somebody only passes them by.
std::chrono::milliseconds pause_for(std::size_t rows) {
    return rows > rows_at_once ? look_pause : std::chrono::milliseconds(0);
}

} // namespace

VaultBrowser::VaultBrowser(Services& services, NodeShelf& shelf, Mode mode, QWidget* parent)
    : QWidget(parent), services_(services), shelf_(shelf), mode_(mode),
      counts_(make_label({}, QStringLiteral("caption"))), messages_(new MessageBar),
      emphasis_(new EmphasisPanel), filters_(new FilterBar), view_(new QToolButton),
      chosen_(mode == Mode::choose ? new ChosenVaults(services) : nullptr), prompt_(new PromptRow),
      stack_(new QStackedWidget), rows_(new RankModel(this)), table_(new VaultTable(*rows_)),
      map_(new MapView), panel_(new NodePanel(mode == Mode::choose)), side_(new QWidget) {
    counts_->setWordWrap(false);
    counts_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    lay_out();
    make_menu();
    count_delay_.setSingleShot(true);
    fetch_delay_.setSingleShot(true);
    connect_parts();
    read_settings();
    show_state();
}

void VaultBrowser::lay_out() {
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(space::s);
    messages_->hide();
    box->addWidget(messages_);
    auto* card = new Card;
    card->box()->setContentsMargins(space::m, space::s, space::m, space::s);
    card->box()->addWidget(emphasis_);
    box->addWidget(card);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::s);
    view_->setText(tr("Vie&w"));
    view_->setAccessibleName(tr("View, and more to do with the list"));
    view_->setPopupMode(QToolButton::InstantPopup);
    view_->setFocusPolicy(Qt::StrongFocus);
    row->addWidget(view_, 0, Qt::AlignTop);
    row->addWidget(filters_, 1);
    box->addLayout(row);
    if (chosen_ != nullptr) {
        box->addWidget(chosen_);
    }
    box->addWidget(prompt_);
    make_banner(*box);

    auto* middle = new QHBoxLayout;
    middle->setSpacing(space::m);
    stack_->addWidget(table_);
    filtered_ = make_filtered_page();
    empty_ = make_empty_page();
    loading_ = make_loading_page();
    failed_ = make_failed_page();
    compare_ = make_compare_page();
    for (QWidget* page : {filtered_, empty_, loading_, failed_, compare_}) {
        stack_->addWidget(page);
    }
    middle->addWidget(stack_, 1);
    auto* column = new QVBoxLayout(side_);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::s);
    column->addWidget(map_);
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(panel_);
    column->addWidget(scroll, 1);
    middle->addWidget(side_);
    box->addLayout(middle, 1);
}

void VaultBrowser::connect_parts() {
    connect(&count_delay_, &QTimer::timeout, this,
            [this] { emphasis_->show_histograms(ranking_.get()); });
    connect(&fetch_delay_, &QTimer::timeout, this, &VaultBrowser::fetch_record);
    connect(&shelf_, &NodeShelf::changed, this, &VaultBrowser::take_nodes);
    connect(&shelf_, &NodeShelf::progressed, this, [this](qulonglong done, qulonglong all) {
        progress_->setRange(0, all == 0 ? 0 : 1000);
        progress_->setValue(all == 0 ? 0 : static_cast<int>(done * 1000 / all));
    });
    connect(map_, &MapView::row_picked, this, [this](std::uint32_t row) {
        pick(row);
        table_->select_position(rows_->position_of(row), true);
    });
    connect(map_, &MapView::area_selected, filters_, &FilterBar::set_area);
    connect(map_, &MapView::place_chosen, this, &VaultBrowser::point_picked);
    connect(panel_, &NodePanel::pin_wanted, this, &VaultBrowser::pin_current);
    connect(panel_, &NodePanel::compare_wanted, this, &VaultBrowser::compare_current);
    connect(panel_, &NodePanel::use_wanted, this, &VaultBrowser::use_current);
    connect_wishes();
    if (chosen_ != nullptr) {
        connect_chosen();
    }
}

void VaultBrowser::connect_wishes() {
    connect(emphasis_, &EmphasisPanel::changed, this, [this] {
        wishes_.emphasis = emphasis_->emphasis();
        wishes_.city = emphasis_->city();
        wishes_.place = emphasis_->place();
        wish();
    });
    connect(emphasis_, &EmphasisPanel::point_wanted, this, [this] {
        map_->set_choosing_place(true);
        map_->setFocus(Qt::OtherFocusReason);
    });
    connect(filters_, &FilterBar::changed, this, [this] {
        wishes_.filter = filters_->filter();
        wish();
    });
    connect(table_, &VaultTable::row_picked, this, &VaultBrowser::pick);
    connect(table_, &VaultTable::use_wanted, this, &VaultBrowser::use_current);
    connect(table_, &VaultTable::sorting_wanted, this, [this](vault::Column column, bool down) {
        wishes_.sorting = column;
        wishes_.descending = down && column != vault::Column::rank;
        wish();
    });
    connect(table_, &VaultTable::columns_changed, this, [this] {
        wishes_.hidden_columns = table_->hidden_columns();
        save_wishes();
    });
    const auto search = [this] { filters_->search()->setFocus(Qt::ShortcutFocusReason); };
    connect(table_, &VaultTable::typed, this, [this, search](const QString& text) {
        search();
        filters_->search()->insert(text);
    });
    connect(filters_->search(), &QLineEdit::returnPressed, table_,
            [this] { table_->setFocus(Qt::OtherFocusReason); });
    auto* find = new QShortcut(QKeySequence::Find, this);
    find->setContext(Qt::WidgetWithChildrenShortcut);
    connect(find, &QShortcut::activated, this, search);
}

void VaultBrowser::connect_chosen() {
    connect(chosen_, &ChosenVaults::changed, this, &VaultBrowser::show_marks);
    connect(chosen_, &ChosenVaults::suggestion_wanted, this, [this] {
        if (ranking_) {
            chosen_->take_from(ranking_->suggest(ChosenVaults::most * vault::looked_at_for_each));
        }
    });
    connect(chosen_, &ChosenVaults::failed, messages_, &MessageBar::show_error);
    connect(chosen_, &ChosenVaults::look_wanted, this, [this](quint64 key) {
        const auto row = nodes_ ? vault::row_of(*nodes_->list.table, key) : std::nullopt;
        if (row) {
            pick(*row);
            table_->select_position(rows_->position_of(*row), true);
        }
    });
}

void VaultBrowser::enter() {
    entered_ = true;
    shelf_.want(wishes_.place);
    take_nodes();
}

void VaultBrowser::take_nodes() {
    if (!entered_) {
        return;
    }
    if (shelf_.nodes() == nodes_) {
        show_state();
        return;
    }
    nodes_ = shelf_.nodes();
    round_trips_.clear();
    compared_.clear();
    operators_.clear();
    current_.reset();
    picked_by_hand_ = false;
    probe_job_.drop();
    if (chosen_ != nullptr) {
        chosen_->set_nodes(nodes_);
    }
    if (nodes_) {
        make_ranking();
    } else {
        ranking_job_.drop();
        have_ranking(nullptr);
    }
}

/// Scores and sorts away from the window's thread where that would be felt.
void VaultBrowser::make_ranking() {
    const auto make = [table = nodes_->list.table, wishes = wishes_, blocked = unwanted()] {
        auto ranking = std::make_shared<vault::Ranking>(table);
        apply(wishes, blocked, *ranking);
        ranking->order();
        return ranking;
    };
    names_sorted_ = wishes_.sorting == vault::Column::name;
    if (nodes_->list.table->size() <= rows_at_once) {
        ranking_job_.drop();
        have_ranking(make());
        return;
    }
    show_state();
    ranking_job_.start(
        [make](std::stop_token) { return make(); },
        [this](std::shared_ptr<vault::Ranking> ranking) { have_ranking(std::move(ranking)); });
}

void VaultBrowser::have_ranking(std::shared_ptr<vault::Ranking> ranking) {
    const bool same_nodes = ranking_ && ranking && &ranking_->table() == &ranking->table();
    rows_->set_ranking(ranking);
    ranking_ = std::move(ranking);
    if (!same_nodes) {
        map_->set_words(
            [this](std::uint32_t row) {
                return ranking_->eligible(row) ? ranking_->score(row) : -1.0F;
            },
            [this](std::uint32_t row) { return rows_->text(row, RankModel::name_column); });
        map_->set_nodes(ranking_ ? nodes_->list.table : nullptr);
        shown_.reset();
    }
    rank_now();
}

void VaultBrowser::wish() {
    if (!wished_) {
        wished_ = true;
        QMetaObject::invokeMethod(this, &VaultBrowser::rank_now, Qt::QueuedConnection);
    }
}

void VaultBrowser::rank_now() {
    wished_ = false;
    if (!ranking_) {
        emphasis_->show_histograms(nullptr);
        look_at(std::nullopt);
        show_state();
        return;
    }
    const bool many = nodes_->list.table->size() > rows_at_once;
    if (many && wishes_.sorting == vault::Column::name && !names_sorted_) {
        make_ranking(); // the first sorting by name takes too long for here
        return;
    }
    apply(wishes_, unwanted(), *ranking_);
    for (const auto& [row, milliseconds] : round_trips_) {
        ranking_->set_round_trip(row, milliseconds);
    }
    const bool by_rank = wishes_.sorting == vault::Column::rank && !wishes_.descending;
    rows_->refresh(by_rank);
    table_->show_sorting(wishes_.sorting, wishes_.descending);
    show_map();
    place_selection();
    show_state();
    save_wishes();
}

/// And has the histograms counted again.
void VaultBrowser::show_map() {
    vault::Filter filter = wishes_.filter;
    filter.blocked = unwanted();
    if (!shown_ || !(shown_->filter == filter) || shown_->place != wishes_.place) {
        map_->set_shown(ranking_->passing());
        map_->set_place(wishes_.place);
        shown_ = Shown{std::move(filter), wishes_.place};
        count_delay_.start(count_pause);
    }
}

/// Keeps what somebody picked in sight of the panel, wherever it moved to; follows the best one
/// until then.
void VaultBrowser::place_selection() {
    const int best = rows_->best_position();
    const auto best_row = best < 0 ? std::nullopt : std::optional(rows_->node_at(best));
    if (chosen_ != nullptr) {
        chosen_->follow_best(best_row);
    }
    if (current_ && picked_by_hand_) {
        table_->select_position(rows_->position_of(*current_), false);
        look_at(current_);
        return;
    }
    table_->select_position(best, false);
    look_at(best_row);
}

void VaultBrowser::pick(std::uint32_t row) {
    picked_by_hand_ = true;
    look_at(row);
}

void VaultBrowser::look_at(std::optional<std::uint32_t> row) {
    const bool other = row != current_;
    current_ = row;
    show_marks();
    if (other && row) {
        panel_->show_fetching();
        fetch_delay_.start(pause_for(nodes_->list.table->size()));
    } else if (!row) {
        fetch_delay_.stop();
        fetch_job_.drop();
    }
}

void VaultBrowser::use_current() {
    if (chosen_ == nullptr || !current_) {
        return;
    }
    const std::uint64_t key = nodes_->list.table->key[*current_];
    if (sender() == table_ && chosen_->has(key)) {
        Q_EMIT go_on();
        return;
    }
    if (!chosen_->has(key) && !ranking_->eligible(*current_)) {
        messages_->show_message(Tone::warn, to_qt(ranking_->explain(*current_).sentence));
        return;
    }
    if (!chosen_->toggle(*current_)) {
        messages_->show_message(Tone::warn, tr("Three vaults at most keep one project's keys. "
                                               "Take one away first."));
    }
}

void VaultBrowser::point_picked(const vault::Place& place) {
    emphasis_->set_place({}, place);
    wishes_.city.clear();
    wishes_.place = place;
    wish();
}

void VaultBrowser::set_wishes(const Wishes& wishes) {
    wishes_ = wishes;
    emphasis_->set_emphasis(wishes.emphasis);
    emphasis_->set_place(wishes.city, wishes.place);
    filters_->set_filter(wishes.filter);
    table_->hide_columns(wishes.hidden_columns);
    wish();
}

void VaultBrowser::leave_out(std::vector<std::uint64_t> keys) {
    left_out_ = std::move(keys);
    wish();
}

std::vector<std::uint64_t> VaultBrowser::unwanted() const {
    std::vector<std::uint64_t> keys = blocked_;
    keys.insert(keys.end(), left_out_.begin(), left_out_.end());
    return keys;
}

void VaultBrowser::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const int wide = std::clamp(width() * 2 / 5, space::field_width, space::field_width * 2);
    side_->setFixedWidth(wide);
    // The earth's own shape, where there is room; nor is it counted and drawn anew when the filters
    // take a line more.
    map_->setMaximumHeight(wide / 2);
}

void VaultBrowser::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    probe_job_.cancel();
}

} // namespace tau::ui
